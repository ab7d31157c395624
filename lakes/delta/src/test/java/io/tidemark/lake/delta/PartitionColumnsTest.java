package io.tidemark.lake.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.delta.kernel.expressions.Literal;
import io.delta.kernel.expressions.Predicate;
import io.tidemark.lake.delta.log.DeltaFile;
import io.tidemark.lake.delta.log.DeltaLog;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.Events;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Partition columns as other engines find them in the log. */
class PartitionColumnsTest {
    private static final TableId TABLE = new TableId("s", "t");
    private static final Column ID = new Column("id", ColumnType.INT64, false, "bigint", 1);
    private static final Column KIND = new Column("kind", ColumnType.STRING, true, "text", 2);
    private static final Column AT = new Column("at", ColumnType.TIMESTAMP_TZ, true, "timestamptz", 3);

    private DeltaFixture fixture;

    @BeforeEach
    void open(@TempDir Path folder) {
        fixture = new DeltaFixture(folder, ApplyMemory.ROOMY);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void readersPruneByThePartitionColumnAndByTheTimeThatADayIsOf() {
        LakeTableSpec spec = spec(List.of("kind", "day(at)"), ID, KIND, AT);
        Events rows = new Events(spec.schema(), 1)
                .insert("1", "/=%é", micros(19_000, 7))
                .insert("2", "b", micros(19_001, 23))
                .insert("3", "b", micros(19_002, 0))
                .insert("4", null, null);
        try (LakeTable table = Mirrors.load(fixture.lake(), spec, rows)) {
            Mirrors.apply(table, Mirrors.events(table).update("4", "b", micros(19_002, 5)));
            table.evolve(schema(ID, new Column("kind", ColumnType.STRING, true, "text", 2), AT, number("n")), 1);
        }
        assertThat(log().newest().schema().partitionColumns()).containsExactly("kind", "at_day");
        assertThat(log().newest().files().all())
                .extracting(DeltaFile::partition)
                .extracting(partition -> partition.get("kind") + " " + partition.get("at_day"))
                .containsExactlyInAnyOrder("/=%é 2022-01-08", "b 2022-01-09", "b 2022-01-10", "b 2022-01-10");
        KernelScan scan = new KernelScan(log());
        assertThat(scan.files(equal("kind", Literal.ofString("/=%é")))).hasSize(1);
        assertThat(scan.files(equal("kind", Literal.ofString("b")))).hasSize(3);
        assertThat(scan.files(equal("at_day", Literal.ofString("2022-01-10")))).hasSize(2);
        // The statistics do what an expression of a generated column would.
        Literal later = Literal.ofTimestamp(Long.parseLong(micros(19_001, 12)));
        assertThat(scan.files(new Predicate(">", column("at"), later))).hasSize(3);
        assertThat(scan.files(new Predicate("<", column("at"), later))).hasSize(1);
    }

    @Test
    void theColumnOfADayGivesWayToAColumnOfItsName() {
        Column named = new Column("AT_day", ColumnType.STRING, true, "text", 4);
        LakeTableSpec spec = spec(List.of("day(at)"), ID, AT, named);
        try (LakeTable table =
                Mirrors.load(fixture.lake(), spec, new Events(spec.schema(), 1).insert("1", micros(19_000, 0), "x"))) {
            assertThat(log().newest().schema().partitionColumns()).containsExactly("at_day_");
            // Its name would change with what is there.
            assertThatThrownBy(() -> table.evolve(schema(ID, AT), 1))
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.LAKE_SCHEMA_MISMATCH, TidemarkException::code);
        }
    }

    @Test
    void aColumnOfThatNameCannotBeAddedInPlace() {
        LakeTableSpec spec = spec(List.of("year(at)", "kind"), ID, KIND, AT);
        try (LakeTable table =
                Mirrors.load(fixture.lake(), spec, new Events(spec.schema(), 1).insert("1", "k", micros(19_000, 0)))) {
            assertThatThrownBy(() -> table.evolve(schema(ID, KIND, AT, number("at_year")), 1))
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.LAKE_SCHEMA_MISMATCH, TidemarkException::code);
        }
    }

    @Test
    void partsOfATimeAreTheSameEverywhere() {
        LakeTableSpec spec = spec(List.of("year(at)", "month(at)", "day(at)", "hour(at)"), ID, AT);
        Events rows = new Events(spec.schema(), 1)
                .insert("1", "-1")
                .insert("2", "-210866803200000000")
                .insert("3", "9223372036854775806");
        Mirrors.load(fixture.lake(), spec, rows).close();
        assertThat(log().newest().files().all())
                .extracting(file -> Set.copyOf(file.partition().values()))
                .containsExactlyInAnyOrder(
                        Set.of("1969", "1969-12", "1969-12-31", "1969-12-31-23"),
                        Set.of("-4713", "-4713-11", "-4713-11-24", "-4713-11-24-00"),
                        Set.of("+294247", "+294247-01", "+294247-01-10", "+294247-01-10-04"));
    }

    @Test
    void aTableOfPartitionColumnsOnlyIsRefused() {
        LakeTableSpec spec = spec(List.of("id", "kind"), ID, KIND);
        assertThatThrownBy(() -> fixture.lake().openLoad(spec))
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.PARTITION_INVALID, TidemarkException::code);
    }

    private DeltaLog log() {
        return new DeltaLog(fixture.files("mirror/s/t"));
    }

    private static Predicate equal(String column, Literal value) {
        return new Predicate("=", column(column), value);
    }

    private static io.delta.kernel.expressions.Column column(String name) {
        return new io.delta.kernel.expressions.Column(name);
    }

    private static String micros(long day, int hour) {
        return Long.toString((day * 24 + hour) * 3_600_000_000L);
    }

    private static Column number(String name) {
        return new Column(name, ColumnType.INT32, true, "integer", 9);
    }

    private static LakeTableSpec spec(List<String> partitions, Column... columns) {
        return new LakeTableSpec(schema(columns), partitions, DeleteMode.HARD);
    }

    private static RowSchema schema(Column... columns) {
        return new RowSchema(TABLE, List.of(columns), List.of("id"), BeforeImage.KEY);
    }
}
