import { WebSocket } from 'ws';

export interface SubscriberOrder {
  readonly url: string;
  readonly token: string;
  readonly sockets: number;
}

/** How many connections are being opened at one time. */
const AT_ONCE = 50;

let reached = 0;

/** Opens sockets that listen to roles; says `ready` once all do, then the time at which the last of them has heard of each event. */
process.once('message', (order: SubscriberOrder) => {
  let next = 0;
  const work = async () => {
    while (next < order.sockets) {
      next += 1;
      await subscribe(order);
    }
  };
  void Promise.all(Array.from({ length: AT_ONCE }, work)).then(
    () => process.send?.('ready'),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});

function subscribe({ url, token, sockets }: SubscriberOrder): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false });
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', topics: ['roles'] })));
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text.includes('"type":"subscribed"')) resolve();
      if (!text.includes('"type":"event"')) return;
      reached += 1;
      if (reached % sockets === 0) process.send?.(Date.now());
    });
  });
}
