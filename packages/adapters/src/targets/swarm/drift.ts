/** What engines older than that leave out of their answers, whatever they were told. */
const NOT_TOLD_BACK: readonly string[] = ['TaskTemplate.ContainerSpec.Privileges'];
/** How many there are is compared by the plan. */
const COMPARED_ELSEWHERE: readonly string[] = ['Mode'];

/** Names of what was asked for and is otherwise in what the manager has: changes of somebody else. What it fills in by itself counts for nothing. */
export function findDrift(asked: unknown, actual: unknown, path = ''): readonly string[] {
  if (NOT_TOLD_BACK.includes(path) || COMPARED_ELSEWHERE.includes(path) || asked === undefined) return [];
  if (Array.isArray(asked)) {
    const have = Array.isArray(actual) ? actual : [];
    if (have.length !== asked.length) return [path];
    return asked.some((entry: unknown, index) => findDrift(entry, have[index], path).length > 0) ? [path] : [];
  }
  if (isRecord(asked)) {
    const have = isRecord(actual) ? actual : {};
    return Object.entries(asked).flatMap(([key, value]) => findDrift(value, have[key], path === '' ? key : `${path}.${key}`));
  }
  return asked === actual || (isEmpty(asked) && actual === undefined) ? [] : [path];
}

/** The manager leaves zeroes and empty texts out. */
function isEmpty(value: unknown): boolean {
  return value === 0 || value === '' || value === false;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
