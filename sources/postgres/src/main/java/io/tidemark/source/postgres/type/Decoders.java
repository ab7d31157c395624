package io.tidemark.source.postgres.type;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.schema.ColumnType;

/** Decoders of the types that have an exact column type. Without state. */
final class Decoders {
    private Decoders() {}

    static void bool(ColumnVector out, byte[] buffer, int offset, int length) {
        ValueErrors.checkLength(length, 1);
        ((BooleanVector) out).append(buffer[offset] != 0);
    }

    static void int2(ColumnVector out, byte[] buffer, int offset, int length) {
        ValueErrors.checkLength(length, 2);
        ((IntVector) out).append(BigEndian.int16(buffer, offset));
    }

    static void int4(ColumnVector out, byte[] buffer, int offset, int length) {
        ValueErrors.checkLength(length, 4);
        ((IntVector) out).append(BigEndian.int32(buffer, offset));
    }

    /** An integer of two or four bytes as one of eight. */
    static void widened(ColumnVector out, byte[] buffer, int offset, int length) {
        if (length == 2) {
            ((LongVector) out).append(BigEndian.int16(buffer, offset));
        } else {
            ValueErrors.checkLength(length, 4);
            ((LongVector) out).append(BigEndian.int32(buffer, offset));
        }
    }

    static void int8(ColumnVector out, byte[] buffer, int offset, int length) {
        ValueErrors.checkLength(length, 8);
        ((LongVector) out).append(BigEndian.int64(buffer, offset));
    }

    static void uint4(ColumnVector out, byte[] buffer, int offset, int length) {
        ValueErrors.checkLength(length, 4);
        ((LongVector) out).append(BigEndian.int32(buffer, offset) & 0xFFFFFFFFL);
    }

    static void float4(ColumnVector out, byte[] buffer, int offset, int length) {
        ValueErrors.checkLength(length, 4);
        ((FloatVector) out).append(Float.intBitsToFloat(BigEndian.int32(buffer, offset)));
    }

    static void float8(ColumnVector out, byte[] buffer, int offset, int length) {
        ValueErrors.checkLength(length, 8);
        ((DoubleVector) out).append(Double.longBitsToDouble(BigEndian.int64(buffer, offset)));
    }

    /** Text, labels and bytes alike. */
    static void bytes(ColumnVector out, byte[] buffer, int offset, int length) {
        ((BytesVector) out).append(buffer, offset, length);
    }

    /** Text of a database that does not check its encoding. */
    static void checkedText(ColumnVector out, byte[] buffer, int offset, int length) {
        TextDecoder.checkUtf8(buffer, offset, length);
        ((BytesVector) out).append(buffer, offset, length);
    }

    static void jsonb(ColumnVector out, byte[] buffer, int offset, int length) {
        if (length < 1 || buffer[offset] != 1) {
            throw ValueErrors.malformed("unknown version of jsonb");
        }
        ((BytesVector) out).append(buffer, offset + 1, length - 1);
    }

    static void uuid(ColumnVector out, byte[] buffer, int offset, int length) {
        ValueErrors.checkLength(length, 16);
        ((BytesVector) out).append(buffer, offset, length);
    }

    static void date(ColumnVector out, byte[] buffer, int offset, int length) {
        ValueErrors.checkLength(length, 4);
        int days = BigEndian.int32(buffer, offset);
        if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
            throw ValueErrors.unrepresentable("infinity is no date");
        }
        if (days > Integer.MAX_VALUE - DateTimeText.EPOCH_DAYS) {
            throw ValueErrors.unrepresentable("the date is too late");
        }
        ((IntVector) out).append(days + DateTimeText.EPOCH_DAYS);
    }

    /** With and without time zone: both are microseconds since 2000. */
    static void timestamp(ColumnVector out, byte[] buffer, int offset, int length) {
        ValueErrors.checkLength(length, 8);
        long micros = BigEndian.int64(buffer, offset);
        if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
            throw ValueErrors.unrepresentable("infinity is no timestamp");
        }
        // The greatest number of microseconds is infinity to DuckDB, and so to verify and query.
        if (micros >= Long.MAX_VALUE - DateTimeText.EPOCH_MICROS) {
            throw ValueErrors.unrepresentable("the timestamp is too late");
        }
        ((LongVector) out).append(micros + DateTimeText.EPOCH_MICROS);
    }

    static void time(ColumnVector out, byte[] buffer, int offset, int length) {
        ValueErrors.checkLength(length, 8);
        long micros = BigEndian.int64(buffer, offset);
        if (micros == DateTimeText.MICROS_PER_DAY) {
            throw ValueErrors.unrepresentable("24:00:00 is no time of a day");
        }
        if (micros < 0 || micros > DateTimeText.MICROS_PER_DAY) {
            throw ValueErrors.malformed("a time outside the day");
        }
        ((LongVector) out).append(micros);
    }

    /** Cents, or whatever the smallest unit is. */
    static void money(ColumnVector out, byte[] buffer, int offset, int length) {
        ValueErrors.checkLength(length, 8);
        long units = BigEndian.int64(buffer, offset);
        BytesVector wide = (BytesVector) out;
        int at = wide.appendReserved(16);
        BigEndian.putInt64(wide.data(), at, units >> 63);
        BigEndian.putInt64(wide.data(), at + 8, units);
    }

    static ValueDecoder decimal(ColumnType type) {
        int precision = type.precision();
        int scale = type.scale();
        return type.isWideDecimal()
                ? (out, buffer, offset, length) ->
                        Numerics.appendWide((BytesVector) out, precision, scale, buffer, offset, length)
                : (out, buffer, offset, length) ->
                        Numerics.appendLong((LongVector) out, precision, scale, buffer, offset, length);
    }
}
