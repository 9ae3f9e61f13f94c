/** Changes of row-level security policies made here, written in the transaction of the change, so that each can be taken back. */
export const POLICY_CHANGES_MIGRATION = `
create table supastor.policy_changes (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  by_email text not null,
  action text not null check (action in ('create', 'update', 'delete', 'rollback')),
  before jsonb,
  after jsonb,
  rolled_back_by bigint references supastor.policy_changes (id)
);
`;
