package io.tidemark.source.postgres.type;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values of every type from bytes that are none: a decoder takes them, or says so with a typed error, and never reads or allocates beyond them. */
class ValueFuzzTest {
    private static final int VALUES = 3_000;
    private static final Set<ErrorCode> TYPED = Set.of(
            ErrorCode.SOURCE_PROTOCOL, ErrorCode.SOURCE_VALUE, ErrorCode.SOURCE_TYPE, ErrorCode.SOURCE_SCHEMA_CHANGED);
    private static final int INNER = 70_000;
    private static final int ARRAY = 70_001;
    private static final int OUTER = 70_002;
    private static final TypeCatalog NESTED = new TypeCatalog(
            Map.of(
                    INNER, composite(INNER, new UserType.Field("a", 23, -1), new UserType.Field("b", 25, -1)),
                    ARRAY, new UserType(ARRAY, "s._inner", UserType.Kind.ARRAY, "", INNER, -1, ',', List.of()),
                    OUTER, composite(OUTER, new UserType.Field("l", ARRAY, -1), new UserType.Field("d", 1082, -1))),
            2,
            false);

    private static UserType composite(int oid, UserType.Field... fields) {
        return new UserType(oid, "s.t" + oid, UserType.Kind.COMPOSITE, "", 0, -1, ',', List.of(fields));
    }

    static Iterable<BuiltinType> types() {
        return BuiltinType.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("types")
    void bytesThatAreNoValueAreATypedError(BuiltinType type) {
        for (int oid : new int[] {type.oid(), type.arrayOid()}) {
            PgType found = PgType.of(oid, -1, TypeCatalog.EMPTY);
            for (PgType carried : new PgType[] {found, found.asText()}) {
                if (carried.isSupported()) {
                    fuzz(carried, type.oid());
                }
            }
        }
    }

    /** Composite values in arrays in composite values, from bytes that mostly pass for their beginning. */
    @Test
    void bytesThatAreNoNestedValueAreATypedError() {
        fuzz(PgType.of(OUTER, -1, NESTED), INNER);
        fuzz(PgType.of(ARRAY, -1, NESTED), INNER);
        fuzz(PgType.of(INNER, -1, NESTED), 23);
        fuzz(PgType.of(OUTER, -1, NESTED).asText(), INNER);
        // Arrays whose head is right are read further.
        PgType type = PgType.of(ARRAY, -1, NESTED);
        ValueDecoder decoder = type.newDecoder();
        ColumnVector out = ColumnVector.of(type.columnType(), 16);
        int whole = 0;
        for (long seed = 0; seed < 20 * VALUES; seed++) {
            byte[] value = damaged(new Random(seed));
            try {
                decoder.append(out, value, 0, value.length);
                whole++;
            } catch (TidemarkException e) {
                assertThat(e.code()).as("seed %d", seed).isIn(TYPED);
                out.truncate(whole);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", got " + e, e);
            }
            assertThat(out.size()).isEqualTo(whole);
        }
        assertThat(whole).isPositive();
    }

    /** A value of {@link #ARRAY} with one byte changed, or none. */
    private static byte[] damaged(Random random) {
        ByteBuffer value = ByteBuffer.allocate(200);
        int items = random.nextInt(4);
        value.putInt(1).putInt(0).putInt(INNER).putInt(items).putInt(1);
        for (int i = 0; i < items; i++) {
            if (random.nextInt(4) == 0) {
                value.putInt(-1);
            } else {
                value.putInt(4 + 12 + 8 + 1)
                        .putInt(2)
                        .putInt(23)
                        .putInt(4)
                        .putInt(i)
                        .putInt(25)
                        .putInt(1)
                        .put((byte) 'x');
            }
        }
        byte[] bytes = java.util.Arrays.copyOf(value.array(), value.position());
        if (random.nextInt(3) > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) (random.nextInt(20) - 3);
        }
        return bytes;
    }

    private static void fuzz(PgType type, int elementOid) {
        ValueDecoder decoder = type.newDecoder();
        ColumnVector out = ColumnVector.of(type.columnType(), 16);
        for (long seed = 0; seed < VALUES; seed++) {
            Random random = new Random(seed);
            byte[] value = value(random, elementOid);
            // What lies behind the value must not be read as part of it.
            byte[] buffer = new byte[value.length + 3];
            System.arraycopy(value, 0, buffer, 2, value.length);
            int size = out.size();
            try {
                decoder.append(out, buffer, 2, value.length);
                assertThat(out.size()).isEqualTo(size + 1);
            } catch (TidemarkException e) {
                assertThat(e.code()).as("seed %d", seed).isIn(TYPED);
                out.truncate(size);
            } catch (RuntimeException e) {
                throw new AssertionError(type.sourceType() + ", seed " + seed + ", got " + e, e);
            }
            if (out.size() > 1_000) {
                out.clear();
            }
        }
    }

    /** Random bytes, or small numbers and an element type where counts, lengths and types are looked for. */
    private static byte[] value(Random random, int elementOid) {
        byte[] value = new byte[random.nextInt(4) == 0 ? random.nextInt(8) : random.nextInt(96)];
        random.nextBytes(value);
        if (random.nextInt(3) > 0) {
            ByteBuffer numbers = ByteBuffer.wrap(value);
            for (int at = 0; at + 4 <= value.length; at += 4) {
                switch (random.nextInt(5)) {
                    case 0 -> numbers.putInt(at, random.nextInt(6));
                    case 1 -> numbers.putInt(at, elementOid);
                    case 2 -> numbers.putInt(at, -1);
                    case 3 -> numbers.putInt(at, random.nextBoolean() ? Integer.MAX_VALUE : Integer.MIN_VALUE);
                    default -> {
                        // As it is.
                    }
                }
            }
        }
        return value;
    }
}
