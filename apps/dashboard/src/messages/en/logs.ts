/** What the log viewer gained since the catalogue exists. */
export const logs = {
  time: 'Time',
  anyTime: 'Any time',
  lastMinutes: (minutes: number) => (minutes === 60 ? 'Last hour' : `Last ${minutes} minutes`),
  trace: 'All lines of this request',
  tracing: (id: string) => `Request ${id}`,
  endTrace: 'Show all requests again',
};
