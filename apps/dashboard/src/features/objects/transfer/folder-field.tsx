import Autocomplete from '@mui/material/Autocomplete';
import TextField from '@mui/material/TextField';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { keys } from '../../../api/query-keys.ts';

interface FolderFieldProps {
  readonly label: string;
  readonly bucket: string;
  readonly value: string;
  readonly error: boolean;
  readonly help: ReactNode;
  readonly onChange: (value: string) => void;
  readonly onFocus?: (target: EventTarget) => void;
}

const SUGGESTIONS = 50;

/** A path, with the folders that are there offered while it is typed. */
export function FolderField({ label, bucket, value, error, help, onChange, onFocus }: FolderFieldProps) {
  const prefix = value.slice(0, value.lastIndexOf('/') + 1);
  const listed = useQuery({
    queryKey: [...keys.objects(bucket), 'folders', prefix],
    queryFn: ({ signal }) => call(operations.objectsList, { bucket, prefix, limit: SUGGESTIONS }, signal),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    retry: false,
  });
  return (
    <Autocomplete
      freeSolo
      disableClearable
      options={[...(listed.data?.folders ?? [])]}
      inputValue={value}
      onInputChange={(_event, text) => onChange(text)}
      sx={{ mt: 2 }}
      renderInput={({ slotProps, ...params }) => (
        <TextField
          {...params}
          autoFocus
          label={label}
          error={error}
          helperText={help}
          onFocus={(event) => onFocus?.(event.target)}
          slotProps={{
            ...slotProps,
            htmlInput: { ...slotProps.htmlInput, spellCheck: false, autoCapitalize: 'none', maxLength: 1024 },
          }}
        />
      )}
    />
  );
}
