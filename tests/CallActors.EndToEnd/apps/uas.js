'use strict';

const app = require('./lib/app');
const watch = require('./lib/dialog');

const describe = (req) => ({
  callId: req.get('Call-ID'),
  uri: req.uri,
  calling: req.callingNumber,
  called: req.calledNumber,
  protocol: req.protocol,
  source: `${req.source_address}:${req.source_port}`,
  receivedOn: req.receivedOn,
  headers: req.headers,
  body: req.body
});

app({

  // Answers every call with one final response.
  reject({srf, say, options}) {
    srf.invite((req, res) => {
      say('invite', describe(req));
      res.send(options.status, options.reason, {headers: options.headers}, (err, sent) => {
        say('sent', {error: err ? String(err) : null, headers: sent && sent.headers});
        if (options.listen) srf.endSession(req);
      });
    });
  },

  // Rings, perhaps waits, answers, and keeps the dialog.
  answer(session) {
    const {srf, say, on, options} = session;
    srf.invite(async(req, res) => {
      say('invite', describe(req));
      req.on('cancel', () => say('cancel'));
      if (options.updateSdp) {
        req.on('update', (update, answer) => {
          say('update', {body: update.body || ''});
          answer.send(200, {body: options.updateSdp});
        });
      }
      try {
        if (options.ring) res.send(options.ring, {headers: options.ringHeaders});
        if (options.reliable) {
          await new Promise((resolve) => res.send(183, {
            body: options.reliableSdp, headers: {Require: '100rel'}
          }, (err, sent) => say('progress', {error: err ? String(err) : null, rseq: sent && sent.get('RSeq')}), (prack) => {
            say('prack', {rack: prack.get('RAck')});
            resolve();
          }));
        }
        if (options.delay) await app.sleep(options.delay);
        const dialog = await srf.createUAS(req, res, {
          localSdp: options.sdp || app.sdp('application', 44000),
          headers: options.headers
        });
        say('answered', {id: dialog.id, localTag: dialog.sip.localTag, remoteTag: dialog.sip.remoteTag,
          localUri: dialog.local.uri, remoteUri: dialog.remote.uri, sent: dialog.local.contact});
        watch(session, dialog, 'dialog', options.answers);
        if (options.listen) dialog.on('destroy', () => srf.endSession(req));
        if (options.hangUpAfter) setTimeout(() => dialog.destroy(), options.hangUpAfter);
      } catch (err) {
        say('failed', {status: err.status || 0, message: err.message || String(err)});
        if (options.listen) srf.endSession(req);
      }
    });
    on('idle', () => say('idle', {idle: srf.idle}));
  },

  // Sends what it is told to, when it is told to; a final response by hand, without a dialog object.
  manual({srf, say, on, options}) {
    let held;
    srf.invite((req, res) => {
      held = {req, res};
      say('invite', describe(req));
      req.on('cancel', () => say('cancel'));
      req.on('update', (update, answer) => {
        say('update', {body: update.body || ''});
        if (options.updateStatus) answer.send(options.updateStatus, {body: options.updateSdp});
      });
    });
    on('send', ({status, headers, body}) => held.res.send(status, {headers, body},
      (err, sent) => say('sent', {status, error: err ? String(err) : null, headers: sent && sent.headers})));
  },

  // Answers many calls, and counts.
  load({srf, say, on, options}) {
    let invites = 0, answered = 0, ended = 0, failed = 0;
    srf.invite((req, res) => {
      invites++;
      if (options.mute) return;
      if (options.status) return res.send(options.status);
      srf.createUAS(req, res, {localSdp: app.sdp('application', 44000)})
        .then((dialog) => {
          answered++;
          dialog.on('destroy', () => ended++);
        })
        .catch(() => failed++);
    });
    on('count', () => say('count', {invites, answered, ended, failed}));
  }
});
