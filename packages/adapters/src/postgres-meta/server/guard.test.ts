import { expect, test } from 'vitest';
import { refusal } from './guard.ts';

test.each(['127.0.0.1:8081', 'localhost:8081', 'LOCALHOST', '[::1]:8081'])(
  'a program on this machine that asks for %s is let in',
  (host) => {
    expect(refusal({ host, origin: undefined }, '127.0.0.1')).toBeNull();
  },
);

test.each(['evil.example.com', '127.0.0.1.nip.io:8081', '', undefined])('on loopback the host %j is refused', (host) => {
  expect(refusal({ host, origin: undefined }, '127.0.0.1')).toBe('unknown host');
});

test('a web page is refused, even of the same host', () => {
  expect(refusal({ host: '127.0.0.1:8081', origin: 'http://127.0.0.1:8081' }, '127.0.0.1')).toMatch(/browsers/);
  expect(refusal({ host: '127.0.0.1:8081', origin: 'null' }, '127.0.0.1')).toMatch(/browsers/);
});

test('on another address any host name may lead there', () => {
  expect(refusal({ host: 'meta.internal:8081', origin: undefined }, '0.0.0.0')).toBeNull();
});
