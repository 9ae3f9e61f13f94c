import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import type { Policy } from '@supastor/contract/operations/policies';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import type { Messages } from '../../messages/messages.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { MONO } from '../../ui/fonts.ts';
import { Findings } from './findings.tsx';
import { PlanDiff } from './plan-diff.tsx';
import { COMMANDS, type DraftFields, EMPTY_FIELDS, partsOf, toDraft, toFields } from './policy-draft.ts';
import { usePlan } from './use-plan.ts';

interface PolicyFormDialogProps {
  /** The policy that is changed; a new one when missing. */
  readonly policy?: Policy;
  readonly onClose: () => void;
}

/** Writes a policy; while it is written, Postgres tries it and the linter reads it. */
export function PolicyFormDialog({ policy, onClose }: PolicyFormDialogProps) {
  const t = useMessages().policies;
  const { common } = useMessages();
  const titleId = useId();
  const client = useQueryClient();
  const [fields, setFields] = useState<DraftFields>(policy ? toFields(policy) : EMPTY_FIELDS);
  const [asked, setAsked] = useState(false);
  const result = toDraft(fields);
  const draft = 'draft' in result ? result.draft : null;
  const missing = asked && 'missing' in result ? result.missing : null;
  const plan = usePlan(draft, policy?.name);
  const save = useMutation({
    mutationFn: async (): Promise<unknown> => {
      if (draft === null) return undefined;
      if (!policy) return call(operations.policiesCreate, draft);
      return call(operations.policiesUpdate, { table: policy.table, name: policy.name, draft, revision: policy.revision });
    },
    onSuccess: onClose,
    onSettled: () => void client.invalidateQueries({ queryKey: keys.policies }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (draft !== null) save.mutate();
  };
  const set = (change: Partial<DraftFields>) => setFields({ ...fields, ...change });
  return (
    <Dialog open onClose={save.isPending ? undefined : onClose} maxWidth="md" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit} noValidate>
        <DialogTitle id={titleId}>{policy ? t.editIt(policy.name) : t.newPolicy}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 4 }}>
          <DraftForm fields={fields} missing={missing} onChange={set} />
          {plan.error && draft !== null && <ErrorNotice error={plan.error} />}
          {plan.data && !plan.error && draft !== null && (
            <>
              <Findings findings={plan.data.findings} />
              <PlanDiff lines={plan.data.diff} />
            </>
          )}
          {save.error && <ErrorNotice error={save.error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={save.isPending}>
            {common.cancel}
          </Button>
          <Button type="submit" variant="contained" loading={save.isPending}>
            {policy ? t.save : t.create}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface DraftFormProps {
  readonly fields: DraftFields;
  readonly missing: keyof Messages['policies']['missing'] | null;
  readonly onChange: (change: Partial<DraftFields>) => void;
}

function DraftForm({ fields, missing, onChange }: DraftFormProps) {
  const t = useMessages().policies;
  const parts = partsOf(fields.command);
  return (
    <>
      <Box sx={{ display: 'grid', gap: 4, mt: 2, gridTemplateColumns: { xs: '1fr', sm: 'minmax(0, 2fr) 140px minmax(0, 1.4fr)' } }}>
        <TextField
          label={t.name}
          autoFocus
          value={fields.name}
          error={missing === 'name'}
          helperText={missing === 'name' ? t.missing.name : ' '}
          onChange={(event) => onChange({ name: event.target.value })}
          slotProps={{ htmlInput: { maxLength: 63 } }}
        />
        <TextField
          select
          label={t.command}
          value={fields.command}
          onChange={(event) => onChange({ command: COMMANDS.find((each) => each === event.target.value) ?? 'SELECT' })}
        >
          {COMMANDS.map((each) => (
            <MenuItem key={each} value={each}>
              {each}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          label={t.roles}
          value={fields.roles}
          error={missing === 'roles'}
          helperText={missing === 'roles' ? t.missing.roles : t.rolesHelp}
          onChange={(event) => onChange({ roles: event.target.value })}
        />
      </Box>
      {parts.using && (
        <ExpressionField label={t.using} value={fields.using} isMissing={missing === 'using'} onChange={(using) => onChange({ using })} />
      )}
      {parts.check && (
        <ExpressionField
          label={fields.command === 'INSERT' ? t.check : t.checkOrUsing}
          value={fields.check}
          isMissing={missing === 'check'}
          onChange={(check) => onChange({ check })}
        />
      )}
      <FormControlLabel
        control={<Switch checked={!fields.permissive} onChange={(event) => onChange({ permissive: !event.target.checked })} />}
        label={t.restrictiveText}
        slotProps={{ typography: { variant: 'body2' } }}
      />
    </>
  );
}

interface ExpressionFieldProps {
  readonly label: string;
  readonly value: string;
  readonly isMissing: boolean;
  readonly onChange: (value: string) => void;
}

function ExpressionField({ label, value, isMissing, onChange }: ExpressionFieldProps) {
  const t = useMessages().policies;
  return (
    <TextField
      label={label}
      multiline
      minRows={2}
      value={value}
      error={isMissing}
      helperText={isMissing ? t.missing.using : t.expressionHelp}
      onChange={(event) => onChange(event.target.value)}
      slotProps={{ htmlInput: { spellCheck: false, style: { fontFamily: MONO, fontSize: 13 } } }}
    />
  );
}
