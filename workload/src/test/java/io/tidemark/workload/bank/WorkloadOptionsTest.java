package io.tidemark.workload.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.workload.run.ChangeKind;
import io.tidemark.workload.run.LoadOptions;
import io.tidemark.workload.run.Mix;
import io.tidemark.workload.run.WorkloadOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class WorkloadOptionsTest {
    private static final WorkloadOptions DEFAULTS = WorkloadOptions.defaults();

    @Test
    void refusesAMixThatDoesNotMakeAHundred() {
        refused(
                () -> new Mix(60, 30, 11),
                "Cannot run the workload: the shares of inserts, updates and deletes must be 0 or more and make 100 together"
                        + " (mix=60/30/11)");
        refused(() -> new Mix(120, -30, 10), "(mix=120/-30/10)");
        refused(() -> new Mix(Integer.MAX_VALUE, Integer.MAX_VALUE, 102), "make 100 together");
    }

    @Test
    void refusesNumbersOutsideTheirRange() {
        refused(() -> DEFAULTS.withTransactionsPerSecond(-1), "(transactionsPerSecond=-1.0)");
        refused(() -> DEFAULTS.withTransactionsPerSecond(Double.NaN), "(transactionsPerSecond=NaN)");
        refused(() -> DEFAULTS.withTransactionsPerSecond(Double.POSITIVE_INFINITY), "(transactionsPerSecond=Infinity)");
        refused(() -> DEFAULTS.withDuration(Duration.ofSeconds(-1)), "the duration must be 0 (until stopped)");
        refused(() -> DEFAULTS.withThreads(257), "the threads must be 0 (derived from the rate) to 256 (threads=257)");
        refused(() -> DEFAULTS.withChangesPerTransaction(0), "(changesPerTransaction=0)");
        refused(() -> DEFAULTS.withSkew(Double.NaN), "(skew=NaN)");
        refused(() -> DEFAULTS.withRollbackPercent(101), "a share must be 0 to 100 percent (rollbackPercent=101)");
        refused(() -> DEFAULTS.withAccountPercent(-1), "(accountPercent=-1)");
        refused(() -> DEFAULTS.withStatementPercent(200), "(statementPercent=200)");
    }

    @Test
    void refusesLoadsThatCannotBe() {
        refused(() -> LoadOptions.of(-1), "Cannot load rows: the transactions must be 0 to 10000000000");
        refused(() -> LoadOptions.of(1).withAccounts(0), "(accounts=0)");
        refused(() -> LoadOptions.of(1).withStatements(-1), "(statements=-1)");
        refused(
                () -> LoadOptions.of(1_001).withSpan(Duration.ofMillis(1)),
                "the span must hold a microsecond for each transaction (span=PT0.001S)");
        refused(() -> new BankSchema(""), "the schema's name must have 1 to 63 bytes (schema=)");
        refused(() -> new BankSchema("ü".repeat(32)), "must have 1 to 63 bytes");
    }

    @Test
    void derivesThreadsFromTheRate() {
        assertThat(DEFAULTS.withTransactionsPerSecond(10).threadsUsed()).isEqualTo(2);
        assertThat(DEFAULTS.withTransactionsPerSecond(3_000).threadsUsed()).isEqualTo(21);
        assertThat(DEFAULTS.withTransactionsPerSecond(1_000_000).threadsUsed()).isEqualTo(32);
        assertThat(DEFAULTS.withTransactionsPerSecond(0).threadsUsed()).isEqualTo(16);
        assertThat(DEFAULTS.withThreads(5).threadsUsed()).isEqualTo(5);
    }

    @Test
    void shufflesAMixWithoutChangingItsShares() {
        ChangeKind[] kinds = new Mix(55, 40, 5).shuffled(new SplittableRandom(7));
        assertThat(Arrays.stream(kinds).filter(kind -> kind == ChangeKind.INSERT))
                .hasSize(55);
        assertThat(Arrays.stream(kinds).filter(kind -> kind == ChangeKind.UPDATE))
                .hasSize(40);
        assertThat(Arrays.stream(kinds).filter(kind -> kind == ChangeKind.DELETE))
                .hasSize(5);
        assertThat(Arrays.copyOf(kinds, 55)).contains(ChangeKind.UPDATE);
    }

    private static void refused(ThrowingCallable call, String text) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TidemarkException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            assertThat(e).hasMessageContaining(text);
        });
    }
}
