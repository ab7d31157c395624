package io.tidemark.workload.bank;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** One row to change, with all its values, so that a repeated transaction does the same again. */
interface Change {
    BankStatement statement();

    void bind(PreparedStatement row) throws SQLException;

    /** Rows of one statement are changed in this order by all transactions. */
    long lockOrder();

    /** The same change with another new key, when it makes one. */
    default Change withNewKey(MicroClock clock) {
        return this;
    }

    static OffsetDateTime time(long epochMicros) {
        return MicroClock.instant(epochMicros).atOffset(ZoneOffset.UTC);
    }

    static BigDecimal money(long cents) {
        return BigDecimal.valueOf(cents, 2);
    }

    record InsertTransaction(
            Key key,
            String entity,
            long cents,
            boolean isCredit,
            @Nullable String note) implements Change {
        @Override
        public BankStatement statement() {
            return BankStatement.INSERT_TRANSACTION;
        }

        @Override
        public void bind(PreparedStatement row) throws SQLException {
            OffsetDateTime createAt = time(key.createAtMicros());
            row.setLong(1, key.account());
            row.setObject(2, createAt);
            row.setObject(3, createAt);
            row.setString(4, entity);
            row.setBigDecimal(5, money(cents));
            row.setBoolean(6, isCredit);
            row.setString(7, note);
        }

        @Override
        public long lockOrder() {
            return key.createAtMicros();
        }

        @Override
        public Change withNewKey(MicroClock clock) {
            return new InsertTransaction(new Key(key.account(), clock.next()), entity, cents, isCredit, note);
        }
    }

    record UpdateTransaction(Key key, @Nullable String note, long updateAtMicros) implements Change {
        @Override
        public BankStatement statement() {
            return BankStatement.UPDATE_TRANSACTION;
        }

        @Override
        public void bind(PreparedStatement row) throws SQLException {
            row.setString(1, note);
            row.setObject(2, time(updateAtMicros));
            row.setLong(3, key.account());
            row.setObject(4, time(key.createAtMicros()));
        }

        @Override
        public long lockOrder() {
            return key.createAtMicros();
        }
    }

    record DeleteTransaction(Key key) implements Change {
        @Override
        public BankStatement statement() {
            return BankStatement.DELETE_TRANSACTION;
        }

        @Override
        public void bind(PreparedStatement row) throws SQLException {
            row.setLong(1, key.account());
            row.setObject(2, time(key.createAtMicros()));
        }

        @Override
        public long lockOrder() {
            return key.createAtMicros();
        }
    }

    /** City and profile stay as they are where null. */
    record UpdateAccount(
            long account,
            long cents,
            @Nullable String city,
            @Nullable String profileJson,
            long updateAtMicros) implements Change {
        @Override
        public BankStatement statement() {
            return BankStatement.UPDATE_ACCOUNT;
        }

        @Override
        public void bind(PreparedStatement row) throws SQLException {
            row.setBigDecimal(1, money(cents));
            row.setString(2, city);
            row.setString(3, profileJson);
            row.setObject(4, time(updateAtMicros));
            row.setLong(5, account);
        }

        @Override
        public long lockOrder() {
            return account;
        }
    }
}
