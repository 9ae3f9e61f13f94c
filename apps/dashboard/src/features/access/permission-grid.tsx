import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import { useId } from 'react';

interface PermissionGridProps {
  readonly legend: string;
  readonly help: string;
  /** What can be chosen, as `noun:verb`. */
  readonly permissions: readonly string[];
  readonly chosen: ReadonlySet<string>;
  /** The help is what is wrong. */
  readonly isWrong: boolean;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
}

/** Permissions to tick, a line for each noun. */
export function PermissionGrid({ legend, help, permissions, chosen, isWrong, onChange }: PermissionGridProps) {
  const helpId = useId();
  const byNoun = Map.groupBy(permissions.toSorted(), (permission) => permission.split(':')[0] ?? permission);
  const toggle = (permission: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(permission);
    else next.delete(permission);
    onChange(next);
  };
  return (
    <Box component="fieldset" aria-describedby={helpId} sx={{ m: 0, p: 0, border: 0, minWidth: 0 }}>
      <Box component="legend" sx={{ p: 0, fontSize: 13, fontWeight: 550 }}>
        {legend}
      </Box>
      <FormHelperText id={helpId} error={isWrong} sx={{ mb: 2 }}>
        {help}
      </FormHelperText>
      {[...byNoun].map(([noun, own]) => (
        <Box
          key={noun}
          sx={{
            display: 'flex',
            flexWrap: 'wrap',
            alignItems: 'center',
            columnGap: 4,
            borderTop: 1,
            borderColor: 'divider',
            minHeight: 40,
          }}
        >
          <Box component="span" aria-hidden sx={{ flex: '0 0 128px', fontSize: 13, color: 'text.secondary' }}>
            {noun}
          </Box>
          {own.map((permission) => (
            <FormControlLabel
              key={permission}
              label={permission.slice(noun.length + 1)}
              slotProps={{ typography: { variant: 'body2' } }}
              control={
                <Checkbox
                  size="small"
                  checked={chosen.has(permission)}
                  onChange={(event) => toggle(permission, event.target.checked)}
                  slotProps={{ input: { 'aria-label': permission } }}
                />
              }
            />
          ))}
        </Box>
      ))}
    </Box>
  );
}
