import type { Policy, PolicyDraft } from '@supastor/contract/operations/policies';

export const COMMANDS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'ALL'] as const;

/** The form's fields, as text. */
export interface DraftFields {
  readonly name: string;
  readonly command: PolicyDraft['command'];
  readonly permissive: boolean;
  /** Separated by commas. */
  readonly roles: string;
  readonly using: string;
  readonly check: string;
}

export const EMPTY_FIELDS: DraftFields = { name: '', command: 'SELECT', permissive: true, roles: 'authenticated', using: '', check: '' };

export function toFields({ name, command, permissive, roles, using, check }: Policy | PolicyDraft): DraftFields {
  return { name, command, permissive, roles: roles.join(', '), using: using ?? '', check: check ?? '' };
}

/** Which expressions a command takes. */
export function partsOf(command: PolicyDraft['command']): { readonly using: boolean; readonly check: boolean } {
  return { using: command !== 'INSERT', check: command !== 'SELECT' && command !== 'DELETE' };
}

/** The policy that the fields describe, or what is still missing. */
export function toDraft(fields: DraftFields): { readonly draft: PolicyDraft } | { readonly missing: 'name' | 'roles' | 'using' | 'check' } {
  const { using, check } = partsOf(fields.command);
  const roles = fields.roles.split(',').flatMap((role) => role.trim() || []);
  if (fields.name.trim() === '') return { missing: 'name' };
  if (roles.length === 0) return { missing: 'roles' };
  if (using && fields.using.trim() === '') return { missing: 'using' };
  if (fields.command === 'INSERT' && fields.check.trim() === '') return { missing: 'check' };
  return {
    draft: {
      table: 'objects',
      name: fields.name.trim(),
      command: fields.command,
      permissive: fields.permissive,
      roles,
      using: using ? fields.using.trim() : null,
      check: check && fields.check.trim() !== '' ? fields.check.trim() : null,
    },
  };
}
