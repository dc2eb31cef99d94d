'use strict';

const app = require('./lib/app');

app({

  // Hands every request of options.methods to options.destinations.
  proxy({srf, say, options}) {
    (options.methods || ['invite']).forEach((method) => srf[method](async(req) => {
      say('request', {method: req.method});
      try {
        const result = await srf.proxyRequest(req, options.destinations, options.proxy);
        say('proxied', {
          connected: result.connected,
          finalStatus: result.finalStatus || 0,
          statuses: result.responses.flatMap((branch) => branch.msgs.map((one) => one.status))
        });
      } catch (err) {
        say('failed', {message: String(err.message || err)});
      }
    }));
  }
});
