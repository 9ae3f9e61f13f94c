const PRINTABLE = /^[\x20-\x7e]+$/;
const TYPE = /^([^\s/;]+)\/([^\s/;]+)\s*(?:;.*)?$/;

/** Whether `mimeType` can be stored and sent back as a header. */
export function isSendableMimeType(mimeType: string): boolean {
  return PRINTABLE.test(mimeType);
}

/** Whether a bucket takes `mimeType`. `allowed` holds types (`image/png`) and families (`image/*`); null or empty takes all. */
export function isAllowedMimeType(mimeType: string, allowed: readonly string[] | null): boolean {
  if (!isSendableMimeType(mimeType)) return false;
  if (allowed === null || allowed.length === 0) return true;
  const match = TYPE.exec(mimeType.toLowerCase());
  if (!match) return false;
  const [, family, subtype] = match;
  return allowed.some((pattern) => {
    const wanted = pattern.toLowerCase().split(';')[0]?.trim();
    return wanted === '*' || wanted === '*/*' || wanted === `${family}/*` || wanted === `${family}/${subtype}`;
  });
}
