import Autocomplete from '@mui/material/Autocomplete';
import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useMessages } from '../../messages/locale-provider.tsx';
import { MONO } from '../../ui/fonts.ts';
import { type CronForm, RHYTHMS, type Rhythm, toCron } from './cron-form.ts';
import type { DraftFieldsProps } from './schedule-draft.ts';
import { weekdayName } from './schedule-text.ts';

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 0] as const;
const DAYS = Array.from({ length: 28 }, (_, index) => index + 1);
const TIME_ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

/** How often, at what time, in which time zone; for more than that a cron expression. */
export function CronFields({ draft, problem, onChange }: DraftFieldsProps) {
  const t = useMessages().schedules;
  const { cron } = draft;
  const set = (part: Partial<CronForm>) => onChange({ cron: { ...cron, ...part } });
  // Whoever goes over to writing it begins with what was chosen.
  const pick = (rhythm: Rhythm) => set({ rhythm, ...(rhythm === 'own' && { own: toCron(cron) }) });
  return (
    <>
      <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))' } }}>
        <TextField
          select
          label={t.rhythm}
          value={cron.rhythm}
          onChange={(event) => pick(RHYTHMS.find((rhythm) => rhythm === event.target.value) ?? cron.rhythm)}
        >
          {RHYTHMS.map((rhythm) => (
            <MenuItem key={rhythm} value={rhythm}>
              {t.rhythms[rhythm]}
            </MenuItem>
          ))}
        </TextField>
        {cron.rhythm === 'week' && (
          <TextField select label={t.weekday} value={cron.weekday} onChange={(event) => set({ weekday: Number(event.target.value) })}>
            {WEEKDAYS.map((weekday) => (
              <MenuItem key={weekday} value={weekday}>
                {weekdayName(weekday)}
              </MenuItem>
            ))}
          </TextField>
        )}
        {cron.rhythm === 'month' && (
          <TextField select label={t.dayOfMonth} value={cron.day} onChange={(event) => set({ day: Number(event.target.value) })}>
            {DAYS.map((day) => (
              <MenuItem key={day} value={day}>
                {day}
              </MenuItem>
            ))}
          </TextField>
        )}
        {cron.rhythm === 'own' ? (
          <TextField
            label={t.cron}
            value={cron.own}
            onChange={(event) => set({ own: event.target.value })}
            error={problem === 'cron'}
            helperText={problem === 'cron' ? t.problems.cron : t.cronHelp}
            slotProps={{ htmlInput: { spellCheck: false, maxLength: 100, style: { fontFamily: MONO } } }}
          />
        ) : (
          <TextField
            type="time"
            label={cron.rhythm === 'hour' ? t.minute : t.time}
            value={cron.time}
            onChange={(event) => event.target.value !== '' && set({ time: event.target.value })}
            slotProps={{ inputLabel: { shrink: true } }}
          />
        )}
      </Box>
      <Autocomplete
        freeSolo
        options={TIME_ZONES}
        inputValue={draft.timeZone}
        onInputChange={(_, timeZone) => onChange({ timeZone })}
        renderInput={(parameters) => (
          <TextField
            {...parameters}
            label={t.timeZone}
            error={problem === 'timeZone'}
            helperText={problem === 'timeZone' ? t.problems.timeZone : ' '}
          />
        )}
      />
    </>
  );
}
