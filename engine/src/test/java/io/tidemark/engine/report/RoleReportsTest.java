package io.tidemark.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.metastore.InMemoryMetadataStore;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class RoleReportsTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-20T08:31:00Z"), ZoneOffset.UTC);
    private static final TableId TABLE = new TableId("s/%", "Odd table");
    private final TidemarkException away =
            new TidemarkException(ErrorCode.STORAGE_UNAVAILABLE, "Cannot write: no answer");

    private final InMemoryMetadataStore store = new InMemoryMetadataStore();
    private final Documents<RoleReport> documents = new Documents<>(store, RoleReport.class);

    @Test
    void anErrorIsThereUntilWhatFailedWorks() {
        RoleReports reports = new RoleReports(store, CLOCK);
        reports.failed("worker-1", away);
        reports.failed(RoleReports.apply(TABLE), away);
        assertThat(documents.list(Keys.ROLES))
                .extracting(RoleReport::role)
                .containsExactlyInAnyOrder("worker-1", "apply of s/%.Odd table");

        reports.works("worker-1");
        reports.works(RoleReports.load(TABLE));
        assertThat(documents.list(Keys.ROLES)).singleElement().satisfies(left -> {
            assertThat(left.code()).isEqualTo("STORAGE_UNAVAILABLE");
            assertThat(left.remedy()).isEqualTo(away.remedy());
            assertThat(left.at()).isEqualTo(CLOCK.instant());
        });
        reports.works(RoleReports.apply(TABLE));
        reports.failed("worker-1", away);
        reports.works("worker-1");
        assertThat(documents.list(Keys.ROLES)).isEmpty();
    }

    @Test
    void anErrorThatADeadProcessLeftIsTakenBack() {
        new RoleReports(store, CLOCK).failed("snapshot", away);

        new RoleReports(store, CLOCK).works("snapshot");
        assertThat(documents.list(Keys.ROLES)).isEmpty();
    }

    @Test
    void whatCannotBeTakenBackIsTheNextTime() {
        RoleReports reports = new RoleReports(store, CLOCK);
        reports.failed("capture", away);
        store.disconnect();
        reports.works("capture");
        reports.failed("snapshot", away);
        store.reconnect();
        assertThat(documents.list(Keys.ROLES)).hasSize(1);

        reports.works("capture");
        assertThat(documents.list(Keys.ROLES)).isEmpty();
    }
}
