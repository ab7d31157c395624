package io.tidemark.engine.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.mirror.MirrorShape;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.testkit.metastore.InMemoryMetadataStore;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableRegistryTest {
    private static final TableId ID = new TableId("public", "we\"ird . näme");
    private static final Instant NOW = Instant.parse("2026-11-20T08:31:00Z");

    private final TableRegistry registry =
            new TableRegistry(new InMemoryMetadataStore(), Clock.fixed(NOW, ZoneOffset.UTC));

    @BeforeEach
    void add() {
        RowSchema schema = new RowSchema(
                ID,
                List.of(new Column("id", ColumnType.decimal(12, 2), false, "numeric(12,2)")),
                List.of("id"),
                BeforeImage.KEY,
                "16401");
        registry.add(TableRecord.pending(
                new SourceTable(schema, 5, 8192, List.of("a notice")),
                MirrorShape.same(schema.table()),
                List.of("day(at)"),
                DeleteMode.SOFT,
                NOW));
    }

    @Test
    void recordsSurviveTheStoreUnchanged() {
        TableRecord record = registry.load(ID);
        assertThat(record.state()).isEqualTo(TableState.PENDING);
        assertThat(record.schema().columns().get(0).type()).isEqualTo(ColumnType.decimal(12, 2));
        assertThat(record.partitions()).containsExactly("day(at)");
        assertThat(record.deletes()).isEqualTo(DeleteMode.SOFT);
        assertThat(record.notices()).containsExactly("a notice");
        assertThat(registry.list()).containsExactly(record);
    }

    @Test
    void refusesStepsThatTheLifeCycleDoesNotHave() {
        assertThatThrownBy(() -> registry.move(ID, TableState.LIVE)).isInstanceOf(IllegalStateException.class);
        assertThat(registry.load(ID).state()).isEqualTo(TableState.PENDING);
    }

    /** Whoever applies to a mirror may find an error while an operator, or another worker, has the table loaded again. */
    @Test
    void anErrorOfAnEarlierLoadIsNotOneOfTheNext() {
        LoadPlan plan = new LoadPlan("first", 0, new Position(1), new Position(2), List.of(), null);
        TableRecord seen = registry.update(ID, (record, now) -> record.loading(plan, now));
        registry.reload(seen, "a row is missing");
        assertThat(registry.load(ID).state()).isEqualTo(TableState.PENDING);
        registry.fail(seen, new TidemarkException(ErrorCode.LAKE_ROW_MISSING, "Cannot find a row"));
        registry.reload(seen, "a second time");
        assertThat(registry.load(ID))
                .returns(TableState.PENDING, TableRecord::state)
                .satisfies(
                        record -> assertThat(record.notices()).noneMatch(notice -> notice.contains("a second time")));
    }

    @Test
    void rememberWhereAPausedTableStoodAndWhyAFailedOneFailed() {
        registry.move(ID, TableState.LOADING);
        registry.move(ID, TableState.CATCHING_UP);
        registry.move(ID, TableState.PAUSED);
        assertThat(registry.load(ID).resumeTo()).isEqualTo(TableState.CATCHING_UP);
        registry.fail(ID, new TidemarkException(ErrorCode.SOURCE_VALUE, "Cannot hold a value"));
        assertThat(registry.load(ID).state()).as("a paused table stays paused").isEqualTo(TableState.PAUSED);
        registry.move(ID, TableState.CATCHING_UP);
        registry.fail(ID, new TidemarkException(ErrorCode.SOURCE_VALUE, "Cannot hold a value"));
        TableRecord failed = registry.load(ID);
        assertThat(failed.failure())
                .isEqualTo(new TableRecord.Failure(
                        "SOURCE_VALUE", "Cannot hold a value", ErrorCode.SOURCE_VALUE.remedy()));
        assertThat(failed.resumeTo()).isEqualTo(TableState.CATCHING_UP);
        registry.move(ID, TableState.CATCHING_UP);
        assertThat(registry.load(ID).failure()).isNull();
    }

    @Test
    void thatChangesWereLostIsKeptWhateverBecomesOfTheTable() {
        assertThat(registry.lostAt(ID)).isEmpty();
        registry.fail(ID, new TidemarkException(ErrorCode.SOURCE_VALUE, "Cannot hold a value"));
        assertThat(registry.lostAt(ID)).isEmpty();
        registry.move(ID, TableState.PAUSED);
        registry.fail(ID, new TidemarkException(ErrorCode.SOURCE_SLOT_LOST, "Cannot go on"));
        assertThat(registry.load(ID).state()).isEqualTo(TableState.PAUSED);
        assertThat(registry.lostAt(ID)).contains(NOW);
    }

    @Test
    void unknownTablesAreNamed() {
        assertThatThrownBy(() -> registry.load(new TableId("public", "nope")))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_TABLE))
                .hasMessageContaining("public.nope");
    }
}
