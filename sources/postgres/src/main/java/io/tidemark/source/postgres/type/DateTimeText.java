package io.tidemark.source.postgres.type;

/** Text of dates, times and intervals, in ISO style and UTC. */
final class DateTimeText {
    static final long MICROS_PER_SECOND = 1_000_000L;
    static final long MICROS_PER_DAY = 86_400L * MICROS_PER_SECOND;

    /** Days from 1970-01-01 to 2000-01-01, where Postgres counts from. */
    static final int EPOCH_DAYS = 10_957;

    static final long EPOCH_MICROS = EPOCH_DAYS * MICROS_PER_DAY;

    private static final long MICROS_PER_MINUTE = 60L * MICROS_PER_SECOND;
    private static final long MICROS_PER_HOUR = 60L * MICROS_PER_MINUTE;

    private DateTimeText() {}

    static void date(TextOut out, ValueReader in) {
        int days = in.int32();
        if (!putInfinity(out, days == Integer.MAX_VALUE, days == Integer.MIN_VALUE) && putDay(out, days)) {
            out.put(" BC");
        }
    }

    static void timestamp(TextOut out, ValueReader in) {
        putTimestamp(out, in.int64(), "");
    }

    static void timestampTz(TextOut out, ValueReader in) {
        putTimestamp(out, in.int64(), "+00");
    }

    static void time(TextOut out, ValueReader in) {
        putTime(out, in.int64());
    }

    /** The zone is in seconds west of UTC. */
    static void timeTz(TextOut out, ValueReader in) {
        putTime(out, in.int64());
        int west = in.int32();
        long seconds = Math.abs((long) west);
        out.put(west > 0 ? '-' : '+').putPadded(seconds / 3600, 2);
        if (seconds % 3600 != 0) {
            out.put(':').putPadded(seconds / 60 % 60, 2);
        }
        if (seconds % 60 != 0) {
            out.put(':').putPadded(seconds % 60, 2);
        }
    }

    /** Months, days and microseconds have signs of their own; a positive part after a negative one gets a plus. */
    static void interval(TextOut out, ValueReader in) {
        long micros = in.int64();
        int days = in.int32();
        int months = in.int32();
        boolean most = micros == Long.MAX_VALUE && days == Integer.MAX_VALUE && months == Integer.MAX_VALUE;
        boolean least = micros == Long.MIN_VALUE && days == Integer.MIN_VALUE && months == Integer.MIN_VALUE;
        if (putInfinity(out, most, least)) {
            return;
        }
        int start = out.size();
        boolean negative = putPart(out, start, months / 12, "year", false);
        negative = putPart(out, start, months % 12, "mon", negative);
        negative = putPart(out, start, days, "day", negative);
        if (micros == 0 && out.size() > start) {
            return;
        }
        if (out.size() > start) {
            out.put(' ');
        }
        if (micros < 0) {
            out.put('-');
        } else if (negative) {
            out.put('+');
        }
        long hours = Math.abs(micros / MICROS_PER_HOUR);
        long rest = Math.abs(micros % MICROS_PER_HOUR);
        out.putPadded(hours, 2).put(':').putPadded(rest / MICROS_PER_MINUTE, 2).put(':');
        putSeconds(out, rest % MICROS_PER_MINUTE);
    }

    /** Whether the part after this one has to show a plus. A part that is zero leaves that as it was. */
    private static boolean putPart(TextOut out, int start, int value, String unit, boolean afterNegative) {
        if (value == 0) {
            return afterNegative;
        }
        if (out.size() > start) {
            out.put(' ');
        }
        if (afterNegative && value > 0) {
            out.put('+');
        }
        out.putLong(value).put(' ').put(unit);
        if (value != 1) {
            out.put('s');
        }
        return value < 0;
    }

    private static void putTimestamp(TextOut out, long micros, String zone) {
        if (putInfinity(out, micros == Long.MAX_VALUE, micros == Long.MIN_VALUE)) {
            return;
        }
        boolean beforeChrist = putDay(out, Math.floorDiv(micros, MICROS_PER_DAY));
        out.put(' ');
        putTime(out, Math.floorMod(micros, MICROS_PER_DAY));
        out.put(zone);
        if (beforeChrist) {
            out.put(" BC");
        }
    }

    private static boolean putInfinity(TextOut out, boolean positive, boolean negative) {
        if (positive) {
            out.put("infinity");
        } else if (negative) {
            out.put("-infinity");
        }
        return positive || negative;
    }

    /** Writes a day as {@code YYYY-MM-DD} of the proleptic Gregorian calendar; tells whether it is before the year 1. */
    private static boolean putDay(TextOut out, long daysSince2000) {
        // Years are counted from 0000-03-01, so that the leap day is the last of its year.
        long days = daysSince2000 + EPOCH_DAYS + 719_468;
        long era = Math.floorDiv(days, 146_097);
        long dayOfEra = Math.floorMod(days, 146_097L);
        long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long monthFromMarch = (5 * dayOfYear + 2) / 153;
        long month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        long year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
        long day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
        out.putPadded(year > 0 ? year : 1 - year, 4)
                .put('-')
                .putPadded(month, 2)
                .put('-')
                .putPadded(day, 2);
        return year <= 0;
    }

    private static void putTime(TextOut out, long micros) {
        if (micros < 0 || micros > MICROS_PER_DAY) {
            throw ValueErrors.malformed("a time outside the day");
        }
        out.putPadded(micros / MICROS_PER_HOUR, 2)
                .put(':')
                .putPadded(micros / MICROS_PER_MINUTE % 60, 2)
                .put(':');
        putSeconds(out, micros % MICROS_PER_MINUTE);
    }

    private static void putSeconds(TextOut out, long micros) {
        out.putPadded(micros / MICROS_PER_SECOND, 2);
        long fraction = micros % MICROS_PER_SECOND;
        if (fraction != 0) {
            int digits = 6;
            while (fraction % 10 == 0) {
                fraction /= 10;
                digits--;
            }
            out.put('.').putPadded(fraction, digits);
        }
    }
}
