'use strict';

// Tells the test everything that happens on a dialog, and does to it what the test commands: `<label>.hangup`, `<label>.modify`,
// `<label>.request`. `answers` says which events the application answers by itself, and how; the rest is left to the library.

module.exports = ({say, on}, dialog, label = 'dialog', answers = {}) => {
  dialog.on('destroy', (msg, reason) => say('destroy', {label, reason: reason || null, method: msg && msg.method}));
  dialog.on('ack', (req) => say('ack', {label, body: req.body || ''}));
  for (const event of ['refresh', 'hold', 'unhold']) {
    if (answers[event]) dialog.on(event, () => say(event, {label, sdp: dialog.remote.sdp}));
  }
  for (const event of ['modify', 'info', 'message', 'options', 'refer', 'notify', 'update', 'subscribe']) {
    if (!answers[event]) continue;
    const {status, body, headers, delay} = answers[event];
    dialog.on(event, (req, res) => {
      const seen = () => say(event, {label, body: req.body || '', headers: req.headers});
      if (!delay) {
        res.send(status, {body, headers});
        return seen();
      }
      seen();
      setTimeout(() => res.send(status, {body, headers}), delay);
    });
  }
  if (answers.unsubscribe) dialog.on('unsubscribe', () => say('unsubscribe', {label}));

  on(`${label}.hangup`, async({headers, auth}) => {
    await dialog.destroy({headers, auth});
    say('hungup', {label});
  });
  on(`${label}.modify`, async({sdp, noAck, answer, auth, headers}) => {
    try {
      const result = noAck ?
        await dialog.modify({noAck: true, headers}) :
        await dialog.modify(sdp, {auth, headers});
      if (!noAck) return say('modified', {label, sdp: result});
      say('modified', {label, sdp: result.sdp});
      result.ack(answer);
    } catch (err) {
      say('unmodified', {label, status: err.status || 0, message: err.message});
    }
  });
  on(`${label}.request`, async({method, headers, body, auth}) => {
    try {
      const res = await dialog.request({method, headers, body, auth});
      say('response', {label, method, status: res.status, body: res.body || '', headers: res.headers});
    } catch (err) {
      say('unsent', {label, method, message: err.message});
    }
  });
};
