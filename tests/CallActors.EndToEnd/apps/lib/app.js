'use strict';

// The frame of every application here: connects (or listens), tells the test what happens as JSON lines on standard output,
// takes commands as JSON lines on standard input, and ends when the test does.

const fs = require('fs');
const readline = require('readline');
const Srf = require('drachtio-srf');

const say = (event, fields = {}) => process.stdout.write(`${JSON.stringify({event, ...fields})}\n`);
const fault = (err) => say('fault', {message: String((err && err.stack) || err)});

const connection = (options) => ({
  host: '127.0.0.1',
  port: options.port || 0,
  secret: options.secret,
  ...(options.ping && {enablePing: true, pingInterval: options.ping}),
  ...(options.tls && {tls: {rejectUnauthorized: false}}),
  ...(options.key && {tls: {key: fs.readFileSync(options.key), cert: fs.readFileSync(options.cert)}})
});

module.exports = (behaviours) => {
  const [name, json] = process.argv.slice(2);
  const options = JSON.parse(json || '{}');
  const commands = new Map();
  const srf = new Srf(options.tags || []);

  process.on('uncaughtException', fault);
  process.on('unhandledRejection', fault);

  srf.on('connect', (err, hostports, version, local) => {
    if (err) say('refused', {message: err.message});
    else say('connected', {hostports, version, local});
  });
  srf.on('error', (err) => say('lost', {message: err.message}));
  srf.on('reconnecting', () => say('reconnecting'));

  behaviours[name]({srf, say, options, on: (command, fn) => commands.set(command, fn)});

  if (options.listen) {
    const server = srf.listen(connection(options));
    server.on('listening', () => say('listening', {port: server.address().port}));
    server.on(options.key ? 'secureConnection' : 'connection', (socket) => {
      say('dialled');
      socket.on('close', () => say('closed'));
    });
  }
  else {
    srf.connect(connection(options));
  }

  readline.createInterface({input: process.stdin})
    .on('line', (line) => {
      const {command, ...args} = JSON.parse(line);
      Promise.resolve()
        .then(() => commands.get(command)(args))
        .catch(fault);
    })
    .on('close', () => process.exit(0));
};

module.exports.sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

module.exports.sdp = (owner, port, direction = 'sendrecv') => [
  'v=0', `o=${owner} 9001 1 IN IP4 127.0.0.1`, 's=-', 'c=IN IP4 127.0.0.1', 't=0 0',
  `m=audio ${port} RTP/AVP 0`, 'a=rtpmap:0 PCMU/8000', `a=${direction}`, ''
].join('\r\n');
