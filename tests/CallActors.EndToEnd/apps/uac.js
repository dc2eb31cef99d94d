'use strict';

const app = require('./lib/app');
const watch = require('./lib/dialog');

app({

  // Places the call it is told to place.
  call(session) {
    const {srf, say, on} = session;
    let sent;
    on('call', async({uri, cancelOn, cancelHeaders, answers, noAckAnswer, ...opts}) => {
      const cancel = () => sent.cancel({headers: cancelHeaders}, (err) => say('cancelled', {error: err ? err.message : null}));
      try {
        const result = await srf.createUAC(uri, {localSdp: app.sdp('application', 44000), ...opts}, {
          cbRequest: (err, req) => {
            if (err) return;
            sent = req;
            say('sent', {callId: req.get('Call-ID'), headers: req.headers, uri: req.uri});
            req.on('authenticate', () => say('authenticated'));
            if (cancelOn === 'sent') cancel();
          },
          cbProvisional: (res) => {
            say('provisional', {status: res.status, body: res.body || '', headers: res.headers});
            if (cancelOn === res.status) cancel();
          }
        });
        let dialog = result;
        if (opts.noAck) {
          say('offered', {sdp: result.sdp});
          dialog = await result.ack(noAckAnswer);
        }
        say('answered', {id: dialog.id, remoteUri: dialog.remote.uri, remoteTag: dialog.sip.remoteTag, sdp: dialog.remote.sdp});
        watch(session, dialog, 'dialog', answers);
      } catch (err) {
        say('failed', {status: err.status || 0, reason: err.reason || null, message: err.message});
      }
    });
    on('cancel', () => sent.cancel((err) => say('cancelled', {error: err ? err.message : null})));
    on('idle', () => say('idle', {idle: srf.idle}));
  }
});
