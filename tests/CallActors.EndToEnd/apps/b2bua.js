'use strict';

const app = require('./lib/app');
const watch = require('./lib/dialog');

app({

  // Joins the caller with the first of options.targets that answers.
  bridge(session) {
    const {srf, say, options} = session;
    srf.invite(async(req, res) => {
      say('invite', {callId: req.get('Call-ID')});
      req.on('cancel', () => say('cancel'));
      for (const [index, uri] of options.targets.entries()) {
        const last = index === options.targets.length - 1;
        try {
          const {uas, uac} = await srf.createB2BUA(req, res, uri, {
            localSdpB: req.body, passFailure: last, ...options.bridge
          }, {
            cbProvisional: (response) => say('provisional', {status: response.status})
          });
          say('bridged', {a: uas.id, b: uac.id});
          watch(session, uas, 'a', options.answersA);
          watch(session, uac, 'b', options.answersB);
          uas.on('destroy', () => uac.destroy().then(() => say('hungup', {label: 'b'})));
          uac.on('destroy', () => uas.destroy().then(() => say('hungup', {label: 'a'})));
          return;
        } catch (err) {
          say('failed', {status: err.status || 0, message: err.message, uri});
          if (err.status === 487) return;
        }
      }
    });
  },

  // The same, passing on what the two sides send each other in the call.
  relay(session) {
    const {srf, say, options} = session;
    const passOn = (from, to, events) => events.forEach((event) => from.on(event, async(req, res) => {
      say('relayed', {method: req.method});
      const {status, body} = await to.request({
        method: req.method, body: req.body, headers: req.has('Content-Type') ? {'Content-Type': req.get('Content-Type')} : {}
      });
      res.send(status, {body});
    }));
    srf.invite(async(req, res) => {
      const {uas, uac} = await srf.createB2BUA(req, res, options.targets[0], {localSdpB: req.body});
      say('bridged', {a: uas.id, b: uac.id});
      passOn(uas, uac, ['info', 'message', 'update']);
      passOn(uac, uas, ['info', 'message', 'update']);
      uas.on('modify', async(invite, answer) => answer.send(200, {body: await uac.modify(invite.body)}));
      uac.on('modify', async(invite, answer) => answer.send(200, {body: await uas.modify(invite.body)}));
      uas.on('destroy', () => uac.destroy());
      uac.on('destroy', () => uas.destroy());
    });
  }
});
