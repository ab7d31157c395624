package io.tidemark.workload.bank;

import io.tidemark.workload.run.TextPools;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Changes of the statements table. The values follow from a seed of their own, so that a change is small until it is sent. */
interface StatementChange extends Change {
    UUID id();

    @Override
    default long lockOrder() {
        return id().getMostSignificantBits();
    }

    /** An id that begins with a time, so that equal seeds in later runs give other ids. */
    static UUID id(long epochMicros, SplittableRandom random) {
        return new UUID((epochMicros << 12) | random.nextInt(1 << 12), random.nextLong());
    }

    record InsertStatement(UUID id, long account, long seed, long updateAtMicros, TextPools pools)
            implements StatementChange {
        private static final String[] KINDS = {"monthly", "quarterly", "annual", "corrected"};
        private static final int NULL_PERCENT = 10;

        @Override
        public BankStatement statement() {
            return BankStatement.INSERT_STATEMENT;
        }

        @Override
        public void bind(PreparedStatement row) throws SQLException {
            SplittableRandom random = new SplittableRandom(seed);
            LocalDate period = LocalDate.ofEpochDay(random.nextInt(-5_000, 25_000));
            row.setObject(1, id);
            row.setLong(2, account);
            row.setString(3, TextPools.pick(KINDS, random));
            row.setObject(4, period);
            row.setObject(
                    5, orNull(random, LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000L) * 1_000)), Types.TIME);
            row.setObject(6, orNull(random, timestamp(random)), Types.TIMESTAMP);
            row.setBigDecimal(7, orNull(random, opening(random)));
            row.setBigDecimal(8, orNull(random, exchange(random)));
            row.setObject(9, orNull(random, rate(random)), Types.DOUBLE);
            row.setObject(10, orNull(random, (float) rate(random)), Types.REAL);
            row.setObject(11, orNull(random, (short) random.nextInt()), Types.SMALLINT);
            row.setObject(12, orNull(random, random.nextInt()), Types.INTEGER);
            row.setObject(13, orNull(random, random.nextBoolean()), Types.BOOLEAN);
            row.setString(14, orNull(random, "B" + random.nextInt(10_000)));
            row.setString(15, orNull(random, TextPools.pick(pools.companies(), random)));
            row.setString(16, pools.body(random));
            row.setBytes(17, orNull(random, digest(random)));
            row.setString(18, orNull(random, json(random, pools)));
            row.setString(19, orNull(random, json(random, pools)));
            row.setString(20, remark(random, pools));
            row.setObject(21, Change.time(updateAtMicros));
        }

        @Override
        public Change withNewKey(MicroClock clock) {
            long now = clock.next();
            return new InsertStatement(
                    StatementChange.id(now, new SplittableRandom(seed)), account, seed, updateAtMicros, pools);
        }

        private static <T> @Nullable T orNull(SplittableRandom random, T value) {
            return random.nextInt(100) < NULL_PERCENT ? null : value;
        }
    }

    record UpdateStatement(UUID id, long seed, long updateAtMicros, TextPools pools) implements StatementChange {
        @Override
        public BankStatement statement() {
            return BankStatement.UPDATE_STATEMENT;
        }

        @Override
        public void bind(PreparedStatement row) throws SQLException {
            SplittableRandom random = new SplittableRandom(seed);
            row.setBigDecimal(1, opening(random));
            row.setDouble(2, rate(random));
            row.setInt(3, random.nextInt());
            row.setBoolean(4, random.nextBoolean());
            row.setString(5, remark(random, pools));
            row.setString(6, json(random, pools));
            row.setObject(7, Change.time(updateAtMicros));
            row.setObject(8, id);
        }
    }

    record UpdateStatementBody(UUID id, long seed, long updateAtMicros, TextPools pools) implements StatementChange {
        @Override
        public BankStatement statement() {
            return BankStatement.UPDATE_STATEMENT_BODY;
        }

        @Override
        public void bind(PreparedStatement row) throws SQLException {
            SplittableRandom random = new SplittableRandom(seed);
            row.setString(1, pools.body(random));
            row.setBytes(2, digest(random));
            row.setObject(3, Change.time(updateAtMicros));
            row.setObject(4, id);
        }
    }

    record DeleteStatement(UUID id) implements StatementChange {
        @Override
        public BankStatement statement() {
            return BankStatement.DELETE_STATEMENT;
        }

        @Override
        public void bind(PreparedStatement row) throws SQLException {
            row.setObject(1, id);
        }
    }

    private static BigDecimal opening(SplittableRandom random) {
        return BigDecimal.valueOf(random.nextLong(-99_999_999_999_999_999L, 100_000_000_000_000_000L), 4);
    }

    /** A numeric without declared precision: up to 40 digits, scale 0 to 20. */
    private static BigDecimal exchange(SplittableRandom random) {
        byte[] magnitude = new byte[1 + random.nextInt(16)];
        random.nextBytes(magnitude);
        return new BigDecimal(new BigInteger(magnitude), random.nextInt(21));
    }

    /** From very small to very large, finite also as a float. */
    private static double rate(SplittableRandom random) {
        return (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-30, 31));
    }

    private static byte[] digest(SplittableRandom random) {
        byte[] digest = new byte[32];
        random.nextBytes(digest);
        return digest;
    }

    private static LocalDateTime timestamp(SplittableRandom random) {
        long second = random.nextLong(-2_000_000_000L, 4_000_000_000L);
        return LocalDateTime.ofEpochSecond(second, random.nextInt(1_000_000) * 1_000, ZoneOffset.UTC);
    }

    private static @Nullable String remark(SplittableRandom random, TextPools pools) {
        int choice = random.nextInt(10);
        return choice < 2 ? null : choice == 2 ? "" : TextPools.pick(pools.notes(), random);
    }

    private static String json(SplittableRandom random, TextPools pools) {
        return "{\"printer\": " + random.nextInt(100) + ", \"city\": \""
                + TextPools.pick(pools.cities(), random).replace("\\", "\\\\").replace("\"", "\\\"")
                + "\", \"pages\": [" + random.nextInt(9) + ", " + random.nextInt(9) + "], \"draft\": "
                + random.nextBoolean() + "}";
    }
}
