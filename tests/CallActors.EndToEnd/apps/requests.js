'use strict';

const crypto = require('crypto');
const app = require('./lib/app');

const md5 = (text) => crypto.createHash('md5').update(text).digest('hex');

app({

  // Answers requests outside dialogs; sends those it is told to send.
  plain({srf, say, on, options}) {
    (options.methods || []).forEach((method) => srf[method]((req, res) => {
      say('request', {method: req.method, uri: req.uri, body: req.body || '', headers: req.headers, protocol: req.protocol});
      if (options.status) {
        res.send(options.status, options.reason, {headers: options.headers, body: options.body},
          (err, sent) => say('sent', {error: err ? String(err) : null, headers: sent && sent.headers}));
      }
    }));
    // With a callback, not a promise: the response may lie in the same read as the OK, and would be over before an await comes back.
    on('request', ({uri, ...opts}) => srf.request(uri, opts, (err, req) => {
      if (err) return say('unsent', {message: err.message});
      say('out', {headers: req.headers, uri: req.uri});
      req.on('response', (res) => say('response', {
        status: res.status, reason: res.reason, body: res.body || '', headers: res.headers,
        source: `${res.source_address}:${res.source_port}`
      }));
    }));
    on('route', ({method}) => srf[method]((req, res) => {
      say('request', {method: req.method});
      res.send(options.status || 200);
    }));
    on('unroute', ({method}) => {
      srf.unregisterForMessages(method);
      say('unrouted', {method});
    });
  },

  // A registrar that challenges once and checks the digest (RFC 7616, MD5).
  registrar({srf, say, options}) {
    const nonce = crypto.randomBytes(8).toString('hex');
    srf.register((req, res) => {
      if (!req.has('Authorization')) {
        say('challenged');
        return res.send(401, {headers: {'WWW-Authenticate': `Digest realm="${options.realm}", nonce="${nonce}", algorithm=MD5, qop="auth"`}});
      }
      const given = Object.fromEntries([...req.get('Authorization').matchAll(/(\w+)="?([^",]+)"?/g)].map(([, name, value]) => [name, value]));
      const expected = md5([
        md5(`${given.username}:${options.realm}:${options.password}`), given.nonce, given.nc, given.cnonce, given.qop, md5(`REGISTER:${given.uri}`)
      ].join(':'));
      const right = given.nonce === nonce && given.response === expected;
      say('registered', {right, contact: req.get('Contact'), expires: req.get('Expires')});
      res.send(right ? 200 : 403, right ? {headers: {Contact: `${req.get('Contact')};expires=300`, 'Service-Route': '<sip:127.0.0.1;lr>'}} : {});
    });
  },

  // Tells who was asked, for the choice among several applications.
  named({srf, say, options}) {
    srf.invite((req, res) => {
      say('invite', {callId: req.get('Call-ID')});
      if (!options.mute) res.send(options.status, {headers: {'X-Application': options.name}});
    });
    (options.methods || []).forEach((method) => srf[method]((req, res) => {
      say('request', {method: req.method});
      res.send(200, {headers: {'X-Application': options.name}});
    }));
  },

  // Listens for call detail events.
  cdr({srf, say, options}) {
    srf.on('cdr:attempt', (source, time, msg) => say('attempt', {source, method: msg.method}));
    srf.on('cdr:start', (source, time, role, msg) => say('start', {source, role, status: msg.status}));
    srf.on('cdr:stop', (source, time, reason, msg) => say('stop', {source, reason, method: msg.method || null, status: msg.status || 0}));
    srf.invite(async(req, res) => {
      if (!options.answer) return;
      const dialog = await srf.createUAS(req, res, {localSdp: app.sdp('application', 44000)});
      dialog.on('destroy', (msg, reason) => say('destroy', {reason}));
    });
  }
});
