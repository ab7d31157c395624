package io.tidemark.source.postgres.type;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes, a decoder appends a value or ends with a typed error, and reads nothing beside its value. */
class DamagedValueTest {
    private static final int COMPOSITE = 70_000;
    private static final TypeCatalog CATALOG = new TypeCatalog(
            Map.of(
                    COMPOSITE,
                    new UserType(
                            COMPOSITE,
                            "s.c",
                            UserType.Kind.COMPOSITE,
                            "",
                            0,
                            -1,
                            ',',
                            List.of(
                                    new UserType.Field("a", 23, -1),
                                    new UserType.Field("b", 1009, -1),
                                    new UserType.Field("c", 1700, -1)))),
            2,
            true);

    static List<PgType> types() {
        List<PgType> types = new ArrayList<>();
        for (BuiltinType type : BuiltinType.all()) {
            types.add(PgType.of(type.oid(), -1, CATALOG));
            types.add(PgType.of(type.oid(), -1, CATALOG).asText());
            types.add(PgType.of(type.arrayOid(), -1, CATALOG));
            types.add(PgType.of(type.arrayOid(), -1, CATALOG).asText());
        }
        types.add(PgType.of(BuiltinType.NUMERIC, (12 << 16 | 2) + 4, CATALOG));
        types.add(PgType.of(BuiltinType.NUMERIC, (38 << 16 | 38) + 4, CATALOG));
        types.add(PgType.of(BuiltinType.MONEY, -1, CATALOG));
        types.add(PgType.of(COMPOSITE, -1, CATALOG));
        types.add(PgType.of(COMPOSITE, -1, CATALOG).asText());
        return types;
    }

    @ParameterizedTest
    @MethodSource("types")
    void isATypedError(PgType type) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ValueDecoder decoder = type.newDecoder();
        for (int round = 0; round < 500; round++) {
            ColumnVector out = ColumnVector.of(type.columnType(), 1);
            byte[] bytes = bytes(random);
            byte[] around = new byte[bytes.length + 20];
            Arrays.fill(around, (byte) 1);
            System.arraycopy(bytes, 0, around, 10, bytes.length);
            try {
                decoder.append(out, around, 10, bytes.length);
                assertThat(out.size()).isEqualTo(1);
            } catch (TidemarkException e) {
                assertThat(e.code())
                        .isIn(
                                ErrorCode.SOURCE_PROTOCOL,
                                ErrorCode.SOURCE_VALUE,
                                ErrorCode.SOURCE_TYPE,
                                ErrorCode.SOURCE_SCHEMA_CHANGED);
                assertThat(e.reason()).matches("(?s)Cannot (decode|represent) value: .*");
            } catch (RuntimeException e) {
                throw new AssertionError("Type " + type.sourceType() + " seed " + seed + " round " + round, e);
            }
        }
    }

    /** Mostly small numbers, which pass for counts and lengths. */
    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(80)];
        for (int i = 0; i < bytes.length; i++) {
            int kind = random.nextInt(8);
            bytes[i] = (byte) (kind < 4 ? 0 : kind < 6 ? random.nextInt(6) : kind == 6 ? -1 : random.nextInt());
        }
        return bytes;
    }
}
