// Answers every call with SDP, or rejects it when the called user is 486. Arguments: control port, secret.
const Srf = require('drachtio-srf');

const sdp = [
  'v=0', 'o=- 20518 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', 'm=audio 40000 RTP/AVP 0 101',
  'a=rtpmap:0 PCMU/8000', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15', 'a=sendrecv', ''
].join('\r\n');

const srf = new Srf();
srf.connect({ host: '127.0.0.1', port: Number(process.argv[2]), secret: process.argv[3] });
srf.on('error', (err) => console.error(err));

srf.invite(async(req, res) => {
  if (req.calledNumber === '486') return res.send(486);
  try {
    const dialog = await srf.createUAS(req, res, { localSdp: sdp });
    dialog.on('destroy', () => {});
  } catch (err) {
    console.error(err);
  }
});
