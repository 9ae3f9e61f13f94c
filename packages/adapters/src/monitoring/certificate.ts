import { isIP } from 'node:net';
import { connect } from 'node:tls';

const TIMEOUT_MS = 5000;
const DAY_MS = 86_400_000;

/** Days until the certificate that a server shows for a URL expires; null: it cannot be seen from here, or there is none. */
export function readCertificateDays(url: URL, nowMs: number): Promise<number | null> {
  if (url.protocol !== 'https:') return Promise.resolve(null);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const port = Number(url.port || 443);
    // Whether it is trusted is for clients to judge; here only its time counts.
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ ...name, host, port, rejectUnauthorized: false, timeout: TIMEOUT_MS });
    const end = (days: number | null) => {
      socket.destroy();
      resolve(days);
    };
    socket.once('secureConnect', () => {
      const untilMs = Date.parse(socket.getPeerCertificate().valid_to);
      end(Number.isNaN(untilMs) ? null : (untilMs - nowMs) / DAY_MS);
    });
    socket.once('timeout', () => end(null));
    socket.once('error', () => end(null));
  });
}
