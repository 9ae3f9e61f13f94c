import type { TimedCodes } from '@supastor/core/access/second-factor.port';

const PERIOD_SECONDS = 30;

/** Loaded when the first code comes. */
const load = () => import('otplib');

/** Codes of six digits that change every 30 seconds, as every authenticator app makes them. @param issuer Name the app shows */
export function createTimedCodes(issuer: string, secondsNow = () => Math.floor(Date.now() / 1000)): TimedCodes {
  return {
    async newSecret() {
      return (await load()).generateSecret();
    },
    async uri(secret, account) {
      return (await load()).generateURI({ issuer, label: account, secret });
    },
    async stepOf(secret, code) {
      const result = await (await load()).verify({ secret, token: code, epoch: secondsNow(), epochTolerance: PERIOD_SECONDS });
      return result.valid && 'timeStep' in result ? result.timeStep : null;
    },
  };
}
