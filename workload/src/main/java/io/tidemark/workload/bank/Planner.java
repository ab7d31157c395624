package io.tidemark.workload.bank;

import io.tidemark.workload.run.ChangeKind;
import io.tidemark.workload.run.Randoms;
import io.tidemark.workload.run.TextPools;
import io.tidemark.workload.run.WorkloadOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides what each transaction does. Values follow from the seed and the transaction's number; picked rows also from the rows that exist. The
 * kinds repeat a shuffled pattern of 100, so that the mix is kept exactly. Where no row is known to update or delete, a row is inserted.
 * Safe for use by several threads.
 */
final class Planner {
    private static final int PERCENT = 100;
    private static final int PROFILE_CHANGES_PERCENT = 10;
    private static final int BODY_CHANGES_PERCENT = 5;
    private static final Comparator<Change> EXECUTION_ORDER =
            Comparator.comparing(Change::statement).thenComparingLong(Change::lockOrder);

    private final WorkloadOptions options;
    private final TextPools pools;
    private final MicroClock clock;
    private final long[] accounts;
    private final KeyPool keys;
    private final IdPool statementIds;
    private final ChangeKind[] kinds;

    Planner(
            WorkloadOptions options,
            TextPools pools,
            MicroClock clock,
            long[] accounts,
            KeyPool keys,
            IdPool statementIds) {
        this.options = options;
        this.pools = pools;
        this.clock = clock;
        this.accounts = accounts;
        this.keys = keys;
        this.statementIds = statementIds;
        this.kinds = options.mix().shuffled(Randoms.stream(options.seed(), -5));
    }

    PlannedTransaction plan(long number) {
        SplittableRandom random = Randoms.stream(options.seed(), number);
        boolean rollback = random.nextInt(PERCENT) < options.rollbackPercent();
        int count = options.changesPerTransaction();
        List<Change> changes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ChangeKind kind = kinds[(int) Math.floorMod(number * count + i, (long) PERCENT)];
            Change change = random.nextInt(PERCENT) < options.statementPercent() ? statementChange(kind, random) : null;
            changes.add(change == null ? change(kind, random) : change);
        }
        if (count > 1) {
            changes.sort(EXECUTION_ORDER);
        }
        return new PlannedTransaction(
                number, rollback ? PlannedTransaction.End.ROLLBACK : PlannedTransaction.End.COMMIT, changes);
    }

    /** New rows exist now. */
    void committed(PlannedTransaction transaction) {
        SplittableRandom random = Randoms.stream(~options.seed(), transaction.number());
        for (Change change : transaction.changes()) {
            if (change instanceof Change.InsertTransaction insert) {
                keys.add(insert.key(), random);
            } else if (change instanceof StatementChange.InsertStatement insert) {
                statementIds.add(insert.id(), random);
            }
        }
    }

    /** Rows that were to be deleted still exist. */
    void abandoned(PlannedTransaction transaction) {
        SplittableRandom random = Randoms.stream(~options.seed(), transaction.number());
        for (Change change : transaction.changes()) {
            if (change instanceof Change.DeleteTransaction delete) {
                keys.add(delete.key(), random);
            } else if (change instanceof StatementChange.DeleteStatement delete) {
                statementIds.add(delete.id(), random);
            }
        }
    }

    private Change change(ChangeKind kind, SplittableRandom random) {
        return switch (kind) {
            case INSERT -> insert(random);
            case UPDATE -> random.nextInt(PERCENT) < options.accountPercent() ? updateAccount(random) : update(random);
            case DELETE -> delete(random);
        };
    }

    private Change insert(SplittableRandom random) {
        return new Change.InsertTransaction(
                new Key(account(random), clock.next()),
                TextPools.pick(pools.companies(), random),
                BankRows.amountCents(random),
                random.nextInt(4) == 0,
                BankRows.note(pools.notes(), "", random));
    }

    private Change update(SplittableRandom random) {
        Key key = keys.sample(random, options.skew());
        if (key == null) {
            return insert(random);
        }
        // The suffix makes nearly every change visible: two updates in a row rarely write the same note.
        String note = BankRows.note(pools.notes(), "", random);
        String changed = note == null || note.isEmpty() ? note : note + " / " + Integer.toHexString(random.nextInt());
        return new Change.UpdateTransaction(key, changed, clock.now());
    }

    private Change delete(SplittableRandom random) {
        Key key = keys.take(random, options.skew());
        return key == null ? insert(random) : new Change.DeleteTransaction(key);
    }

    private Change updateAccount(SplittableRandom random) {
        boolean moved = random.nextInt(PERCENT) < PROFILE_CHANGES_PERCENT;
        long cents = BankRows.amountCents(random);
        return new Change.UpdateAccount(
                account(random),
                random.nextBoolean() ? cents : -cents,
                moved ? TextPools.pick(pools.cities(), random) : null,
                moved ? BankRows.profileJson(random) : null,
                clock.now());
    }

    private @Nullable Change statementChange(ChangeKind kind, SplittableRandom random) {
        if (kind == ChangeKind.INSERT) {
            long now = clock.next();
            return new StatementChange.InsertStatement(
                    StatementChange.id(now, random), account(random), random.nextLong(), now, pools);
        }
        UUID id = kind == ChangeKind.DELETE
                ? statementIds.take(random, options.skew())
                : statementIds.sample(random, options.skew());
        if (id == null) {
            return null;
        }
        if (kind == ChangeKind.DELETE) {
            return new StatementChange.DeleteStatement(id);
        }
        return random.nextInt(PERCENT) < BODY_CHANGES_PERCENT
                ? new StatementChange.UpdateStatementBody(id, random.nextLong(), clock.now(), pools)
                : new StatementChange.UpdateStatement(id, random.nextLong(), clock.now(), pools);
    }

    private long account(SplittableRandom random) {
        return accounts[Randoms.index(random, accounts.length, options.skew())];
    }
}
