/** What became of policies. */
export const policyHistory = {
  title: 'History',
  none: 'No policy was changed here yet. Each change stands here, and can be taken back.',
  actions: { create: 'Made', update: 'Changed', delete: 'Deleted', rollback: 'Taken back' },
  by: (who: string) => `by ${who}`,
  takenBack: 'Taken back',
  show: 'Show',
  showIt: (name: string) => `Show the change of ${name}`,
  text: 'Taking it back puts the policy as it was before this change. It is refused when the policy was changed again since.',
  takeBack: 'Take back',
  done: (name: string) => `The change of ${name} is taken back`,
  close: 'Close',
  more: 'Show older',
};
