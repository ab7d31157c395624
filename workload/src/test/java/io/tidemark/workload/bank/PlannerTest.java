package io.tidemark.workload.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.workload.run.ChangeKind;
import io.tidemark.workload.run.Mix;
import io.tidemark.workload.run.TextPools;
import io.tidemark.workload.run.WorkloadOptions;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final TextPools POOLS = TextPools.of(5);
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456Z");
    private static final WorkloadOptions OPTIONS =
            WorkloadOptions.defaults().withSeed(5).withStatementPercent(20).withRollbackPercent(10);

    @Test
    void plansTheSameWorkForTheSameSeed() {
        assertThat(plans(OPTIONS, 500)).isEqualTo(plans(OPTIONS, 500));
        assertThat(plans(OPTIONS, 500)).isNotEqualTo(plans(OPTIONS.withSeed(6), 500));
    }

    @Test
    void keepsTheMixExactlyInEveryHundredChanges() {
        Planner planner = planner(OPTIONS.withChangesPerTransaction(4).withMix(new Mix(50, 30, 20)));
        for (int hundred = 0; hundred < 5; hundred++) {
            List<ChangeKind> kinds = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                planner.plan(hundred * 25L + i)
                        .changes()
                        .forEach(change -> kinds.add(change.statement().kind()));
            }
            assertThat(Collections.frequency(kinds, ChangeKind.INSERT)).isEqualTo(50);
            assertThat(Collections.frequency(kinds, ChangeKind.UPDATE)).isEqualTo(30);
            assertThat(Collections.frequency(kinds, ChangeKind.DELETE)).isEqualTo(20);
        }
    }

    @Test
    void givesEveryNewRowAKeyOfItsOwn() {
        Set<Key> keys = new HashSet<>();
        Set<Long> times = new HashSet<>();
        for (PlannedTransaction transaction : plans(OPTIONS.withMix(new Mix(100, 0, 0)), 2_000)) {
            Change change = transaction.changes().get(0);
            if (change instanceof Change.InsertTransaction insert) {
                assertThat(keys.add(insert.key())).isTrue();
                assertThat(times.add(insert.key().createAtMicros())).isTrue();
            }
        }
        assertThat(keys).hasSizeGreaterThan(1_000);
        assertThat(times).allMatch(time -> time >= MicroClock.micros(NOW) && time < MicroClock.micros(NOW) + 2_000);
    }

    @Test
    void insertsWhereNothingIsLeftToDelete() {
        Planner planner = planner(OPTIONS.withMix(new Mix(0, 0, 100)).withStatementPercent(0));
        List<BankStatement> statements = LongStream.range(0, 1_001)
                .mapToObj(number -> planner.plan(number).changes().get(0).statement())
                .toList();
        assertThat(statements.subList(0, 1_000)).containsOnly(BankStatement.DELETE_TRANSACTION);
        assertThat(statements.get(1_000)).isEqualTo(BankStatement.INSERT_TRANSACTION);
    }

    @Test
    void givesDeletedKeysBackWhenTheTransactionIsAbandoned() {
        Planner planner = planner(OPTIONS.withMix(new Mix(0, 0, 100)).withStatementPercent(0));
        for (int i = 0; i < 3_000; i++) {
            PlannedTransaction transaction = planner.plan(i);
            assertThat(transaction.changes().get(0)).isInstanceOf(Change.DeleteTransaction.class);
            planner.abandoned(transaction);
        }
    }

    @Test
    void makesIbansWithRightCheckDigits() {
        SplittableRandom random = new SplittableRandom(1);
        Set<String> ibans = new HashSet<>();
        for (long account = 1_000_000; account < 1_002_000; account++) {
            String iban = BankRows.iban(account, random);
            assertThat(iban).hasSize(22);
            BigInteger number = new BigInteger(iban.substring(4) + "1314" + iban.substring(2, 4));
            assertThat(number.mod(BigInteger.valueOf(97))).isEqualTo(BigInteger.ONE);
            assertThat(ibans.add(iban)).isTrue();
        }
    }

    @Test
    void hasRealisticTextInSeveralScripts() {
        assertThat(POOLS.names())
                .doesNotContainNull()
                .anyMatch(name -> name.chars().anyMatch(c -> c > 0x3000));
        assertThat(new HashSet<>(List.of(POOLS.companies()))).hasSizeGreaterThan(500);
        assertThat(POOLS.body(new SplittableRandom(1)).length()).isGreaterThan(9_000);
        assertThat(TextPools.of(5).names()).isEqualTo(POOLS.names());
        assertThat(TextPools.of(5).notes()).isEqualTo(POOLS.notes());
        assertThat(TextPools.of(6).names()).isNotEqualTo(POOLS.names());
    }

    private static List<PlannedTransaction> plans(WorkloadOptions options, int count) {
        Planner planner = planner(options);
        return LongStream.range(0, count)
                .mapToObj(number -> {
                    PlannedTransaction transaction = planner.plan(number);
                    planner.committed(transaction);
                    return transaction;
                })
                .toList();
    }

    private static Planner planner(WorkloadOptions options) {
        KeyPool keys = new KeyPool(100_000);
        SplittableRandom random = new SplittableRandom(0);
        for (int i = 0; i < 1_000; i++) {
            keys.add(new Key(i, i), random);
        }
        IdPool statements = new IdPool(100_000);
        for (int i = 0; i < 1_000; i++) {
            statements.add(StatementChange.id(i, random), random);
        }
        return new Planner(
                options,
                POOLS,
                new MicroClock(Clock.fixed(NOW, ZoneOffset.UTC)),
                LongStream.range(1_000_000, 1_000_100).toArray(),
                keys,
                statements);
    }
}
