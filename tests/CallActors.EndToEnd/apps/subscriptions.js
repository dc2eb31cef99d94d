'use strict';

const app = require('./lib/app');
const watch = require('./lib/dialog');

app({

  // The notifier: accepts, notifies at once, and again when the subscription is refreshed or ended.
  notifier(session) {
    const {srf, say, options} = session;
    srf.subscribe(async(req, res) => {
      say('subscribe', {event: req.get('Event'), expires: req.get('Expires')});
      const dialog = await srf.createUAS(req, res, {headers: {Expires: req.get('Expires')}});
      const notify = (state) => dialog.request({
        method: 'NOTIFY', body: options.body, headers: {
          Event: req.get('Event'), 'Subscription-State': state, ...(options.body && {'Content-Type': options.contentType})
        }
      }).then((response) => say('notified', {state, status: response.status}));
      watch(session, dialog, 'subscription', {});
      dialog.on('subscribe', (refresh, answer) => {
        say('refreshed', {expires: refresh.get('Expires')});
        answer.send(202, {headers: {Expires: refresh.get('Expires')}});
        notify('active;expires=120');
      });
      dialog.on('unsubscribe', () => {
        say('unsubscribed');
        notify('terminated;reason=timeout');
      });
      notify('active;expires=60');
    });
  },

  // The subscriber.
  subscriber(session) {
    const {srf, say, on} = session;
    on('subscribe', async({uri, headers}) => {
      try {
        const dialog = await srf.createUAC(uri, {method: 'SUBSCRIBE', headers});
        say('subscribed', {id: dialog.id});
        watch(session, dialog, 'subscription', {notify: {status: 200}});
      } catch (err) {
        say('failed', {status: err.status || 0, message: err.message});
      }
    });
  }
});
