/** Freezes plain objects and arrays to their leaves and returns the same value; class instances are frozen but not entered. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value) || prototype === Object.prototype || prototype === null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
