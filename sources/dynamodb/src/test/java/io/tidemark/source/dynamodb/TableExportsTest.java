package io.tidemark.source.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.source.dynamodb.export.ExportFolder;
import io.tidemark.source.dynamodb.export.S3ExportStore;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.SnapshotChunk;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TypeChoices;
import io.tidemark.testkit.aws.StubService;
import io.tidemark.testkit.aws.StubService.Answer;
import io.tidemark.testkit.aws.StubService.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/** The table and its export of the DynamoDB Developer Guide, S3DataExport.Output; the services are a stub of their protocols. */
class TableExportsTest {
    private static final String ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/Books";
    private static final String TABLE_ID = "12345a12-abcd-123a-ab12-1234abc12345";
    private static final TableId BOOKS = new TableId("dynamodb", "Books");
    private static final SourceTable TABLE = new SourceTable(
            new RowSchema(
                    BOOKS,
                    List.of(new Column("id", ColumnType.STRING, false, "S")),
                    List.of("id"),
                    BeforeImage.KEY,
                    TABLE_ID),
            -1,
            -1,
            List.of());
    private static final String STREAM = "2020-01-01T00:00:00.000";
    private static final String START = "DynamoDB_20120810.ExportTableToPointInTime";
    private static final StaticCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("stub", "stub"));

    @TempDir
    private Path folder;

    @RegisterExtension
    final StubService service = new StubService();

    private final List<AutoCloseable> closing = new ArrayList<>();
    private String status = "COMPLETED";
    private String recovery = "ENABLED";

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : closing) {
            one.close();
        }
    }

    @Test
    void aTableWithoutAnExportIsScanned() {
        TableExports exports = exports("other=/nowhere", false);
        assertThat(exports.isReadable(TABLE, "1", Instant.EPOCH)).isTrue();
        assertThat(exports.find(TABLE)).isEmpty();
        assertThat(exports.wantedFrom("Books")).isEmpty();
        TableExports started = exports("Books=scan", true);
        assertThat(started.isReadable(TABLE, "1", Instant.EPOCH)).isTrue();
        assertThat(started.find(TABLE)).isEmpty();
        assertThat(service.calls(START)).isEmpty();
    }

    @Test
    void aHandedInExportThatFitsIsReadable() {
        service.answer(this::answer);
        Instant time = Instant.now().minus(Duration.ofHours(1));
        ExportFolder written = written(time).write();
        TableExports exports = exports("Books=" + written.path(ExportFolder.ID), true);
        assertThat(exports.isReadable(TABLE, "1", time)).isTrue();
        assertThat(exports.find(TABLE).orElseThrow().asOf()).isEqualTo(time);
        assertThat(exports.wantedFrom("Books")).contains(time.minus(Duration.ofMinutes(15)));
        assertThat(exports.check(BOOKS, described()))
                .hasValueSatisfying(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.OK));
        assertThat(service.calls(START)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "tableArn, arn:aws:dynamodb:us-east-1:123456789012:table/Other, it is of another table",
        "tableId, 99995a12-abcd-123a-ab12-1234abc12345, the table was made anew since",
        "exportTime, 2019-12-31T23:59:59Z, changes between it and the begin of the table's stream are nowhere",
        "exportTime, 2020-11-04T07:00:00Z, not all changes since are captured",
    })
    void anExportThatDoesNotFitIsRefused(String field, String value, String reason) {
        service.answer(this::answer);
        ExportFolder written = written(Instant.parse("2020-11-05T00:00:00Z"))
                .with(field, "\"" + value + "\"")
                .write();
        String location = written.path(ExportFolder.ID).toString();
        TableExports exports = exports("Books=" + location, false);
        assertThatThrownBy(() -> exports.isReadable(TABLE, "1", Instant.parse("2020-11-04T07:00:01Z")))
                .hasFieldOrPropertyWithValue("code", ErrorCode.CONFIG_INVALID)
                .hasMessageStartingWith("Cannot load dynamodb.Books from the export at " + location + ": " + reason)
                .satisfies(e -> assertThat(((TidemarkException) e).remedy()).contains("Books=scan"));
    }

    @Test
    void anExportOfChangesIsRefused() {
        service.answer(this::answer);
        ExportFolder written = ExportFolder.incremental(folder, "p/").write();
        TableExports exports = exports("Books=" + written.path(ExportFolder.ID), false);
        assertThatThrownBy(() -> exports.isReadable(TABLE, "1", Instant.EPOCH))
                .hasMessageContaining("it has changes only (type=INCREMENTAL_EXPORT)");
    }

    @Test
    void anExportIsStartedOnceForALoadWhoeverAsks() {
        service.answer(this::answer);
        written(Instant.now()).write();
        status = "IN_PROGRESS";
        TableExports exports = exports("", true);
        assertThat(exports.isReadable(TABLE, "1", Instant.EPOCH)).isFalse();
        assertThat(exports.isReadable(TABLE, "1", Instant.EPOCH)).isFalse();
        assertThat(service.calls(START)).hasSize(1);
        TableExports restarted = exports("", true);
        assertThat(restarted.isReadable(TABLE, "1", Instant.EPOCH)).isFalse();
        assertThat(service.calls(START)).extracting(Call::body).hasSize(2).allMatch(firstStart()::equals);
        status = "COMPLETED";
        assertThat(restarted.isReadable(TABLE, "1", Instant.EPOCH)).isTrue();
        assertThat(restarted.find(TABLE).orElseThrow().location())
                .isEqualTo("s3://exports/p/AWSDynamoDB/" + ExportFolder.ID);
        assertThat(service.calls(START)).hasSize(2);
    }

    private String firstStart() {
        return service.calls(START).get(0).body();
    }

    @Test
    void aTableThatIsLoadedAgainSoonUsesTheSameExportUnlessChangesSinceAreMissing() {
        service.answer(this::answer);
        Instant time = Instant.now();
        written(time).write();
        TableExports exports = exports("", true);
        assertThat(exports.isReadable(TABLE, "1", Instant.EPOCH)).isTrue();
        assertThat(exports.isReadable(TABLE, "2", time)).isTrue();
        assertThat(service.calls(START)).hasSize(1);
        // The stub has no newer one: that it was started is what counts.
        assertThatThrownBy(() -> exports.isReadable(TABLE, "3", time.plusMillis(1)))
                .hasMessageContaining("not all changes since are captured");
        assertThat(service.calls(START)).extracting(Call::body).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void nothingIsStartedThatWouldBeTooOld() {
        service.answer(this::answer);
        assertThat(exports("", true).isReadable(TABLE, "1", Instant.now().plus(Duration.ofMinutes(5))))
                .isFalse();
        assertThat(service.calls(START)).isEmpty();
    }

    @Test
    void anExportThatFailedIsStartedAgainForTheNextLoad() {
        service.answer(this::answer);
        written(Instant.now()).write();
        status = "FAILED";
        TableExports exports = exports("", true);
        assertThatThrownBy(() -> exports.isReadable(TABLE, "1", Instant.EPOCH))
                .hasFieldOrPropertyWithValue("code", ErrorCode.CONFIG_INVALID);
        status = "COMPLETED";
        assertThat(exports.isReadable(TABLE, "2", Instant.EPOCH)).isTrue();
        assertThat(service.calls(START)).extracting(Call::body).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void checkNamesWhatIsMissing() {
        service.answer(this::answer);
        recovery = "DISABLED";
        assertThat(exports("", true).check(BOOKS, described())).hasValueSatisfying(finding -> {
            assertThat(finding.status()).isEqualTo(Finding.Status.FAILED);
            assertThat(finding.toString()).contains("point-in-time recovery is off", "--table-name Books");
        });
        String nowhere = folder.resolve("nowhere").toString();
        assertThat(exports("Books=" + nowhere, false).check(BOOKS, described()))
                .hasValueSatisfying(finding -> assertThat(finding.toString()).contains(nowhere));
        assertThat(exports("Bokos=x", false).checkNames(List.of(BOOKS)))
                .hasValueSatisfying(finding -> assertThat(finding.toString()).contains("Bokos"));
        assertThat(exports("Books=x", false).checkNames(List.of(BOOKS))).isEmpty();
    }

    @Test
    void ofATableWithAnUnreadableExportEverythingIsWantedThatTheStreamHas() {
        TableExports exports = exports("Books=" + folder.resolve("nowhere"), false);
        Instant twentyHoursAgo = Instant.now().minus(Duration.ofHours(20));
        assertThat(exports.wantedFrom("Books").orElseThrow())
                .isBetween(twentyHoursAgo.minusSeconds(1), twentyHoursAgo.plusSeconds(60));
    }

    @Test
    void chunksAreFilesOfOneExport() {
        Path place = folder.resolve("a place");
        List<String> line = List.of("{\"Item\":{\"id\":{\"S\":\"1\"}}}");
        ExportFolder written = new ExportFolder(place, "p/").with("billedSizeBytes", "400");
        for (int i = 0; i < 4; i++) {
            written.file(i + ".json.gz", line);
        }
        written.write();
        String location = written.path(ExportFolder.ID).toString();
        TableExports exports = exports("Books=" + location, false);
        List<SnapshotChunk> chunks = ExportChunk.plan(BOOKS, exports.find(TABLE).orElseThrow(), 300);
        assertThat(chunks).extracting(SnapshotChunk::estimatedRows).containsExactly(3L, 1L);
        assertThat(ExportChunk.parse(chunks.get(1).range()))
                .isEqualTo(new ExportChunk(0, 3, 4, List.of(ARN + "/export/" + ExportFolder.ID), List.of(location)));
        assertThat(read(exports, chunks.get(0))).isEqualTo(3);

        // After a restart there is another export where it was.
        written.with("exportArn", "\"" + ARN + "/export/2\"").write();
        assertThatThrownBy(() -> read(exports("Books=" + location, false), chunks.get(1)))
                .hasMessageContaining("is another export than it began with")
                .hasMessageContaining("found=[" + ARN + "/export/2]");
    }

    /** 1 stays, 2 is changed twice, 3 is deleted, 4 is deleted and comes again, 5 comes and goes, 6 comes. */
    @Test
    void ofASeriesEachItemIsReadOnceAsItWasLast() {
        String series = series(
                List.of(item("1", "a"), item("2", "a"), item("3", "a"), item("4", "a")),
                List.of(change("2", "b"), change("3", null), change("4", null), change("5", "b")),
                List.of(change("2", "c"), change("4", "c"), change("5", null), change("6", "c")));
        TableExports exports = exports("Books=" + series, false);
        List<String> items = new ArrayList<>();
        for (SnapshotChunk chunk : ExportChunk.plan(BOOKS, exports.find(TABLE).orElseThrow(), 1)) {
            read(exports, chunk, batch -> {
                for (int i = 0; i < batch.size(); i++) {
                    items.add(((BytesVector) batch.column(0)).text(i) + ((BytesVector) batch.column(1)).text(i));
                }
            });
        }
        assertThat(items).containsExactlyInAnyOrder("1a", "2c", "4c", "6c");
    }

    @Test
    void aSeriesMustHaveEveryChangeInBetween() {
        service.answer(this::answer);
        String[] places = series(List.of(item("1", "a")), List.of(change("1", "b")), List.of(change("1", "c")))
                .split(" \\+ ");
        Instant end = FULL.plus(Duration.ofHours(2));
        TableExports whole = exports("Books=" + String.join(" + ", places), false);
        assertThat(whole.isReadable(TABLE, "1", end)).isTrue();
        assertThat(whole.find(TABLE).orElseThrow().asOf()).isEqualTo(end);
        assertThat(whole.check(BOOKS, described()))
                .hasValueSatisfying(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.OK));
        assertThatThrownBy(() ->
                        exports("Books=" + places[0] + " + " + places[2], false).isReadable(TABLE, "1", Instant.EPOCH))
                .hasMessageContaining("changes between it and the one before are nowhere")
                .hasMessageContaining(places[2]);
        assertThatThrownBy(() -> exports(
                                "Books=" + String.join(" + ", places[0], places[1], places[2], places[1]), false)
                        .isReadable(TABLE, "1", Instant.EPOCH))
                .hasMessageContaining("it ends before the one before");
        assertThatThrownBy(() ->
                        exports("Books=" + places[0] + " + " + places[0], false).isReadable(TABLE, "1", Instant.EPOCH))
                .hasMessageContaining("only incremental ones can follow");
    }

    private static final Instant FULL = Instant.parse("2020-11-04T07:00:00Z");

    /** A full export, and incremental ones of an hour each. */
    @SafeVarargs
    private String series(List<String> items, List<String>... changes) {
        List<String> places = new ArrayList<>();
        ExportFolder full = new ExportFolder(folder.resolve("full"), "")
                .with("exportTime", "\"" + FULL + "\"")
                .file("0.json.gz", items)
                .write();
        places.add(full.path(ExportFolder.ID).toString());
        for (int i = 0; i < changes.length; i++) {
            ExportFolder incremental = ExportFolder.incremental(folder.resolve("incremental " + i), "")
                    .with("exportArn", "\"" + ARN + "/export/incremental-" + i + "\"")
                    .with("exportFromTime", "\"" + FULL.plus(Duration.ofHours(i)) + "\"")
                    .with("exportToTime", "\"" + FULL.plus(Duration.ofHours(i + 1)) + "\"")
                    .shared("0.json.gz", changes[i])
                    .write();
            places.add(incremental.path(ExportFolder.ID).toString());
        }
        return String.join(" + ", places);
    }

    private static String item(String id, String v) {
        return "{\"Item\":" + image(id, v) + "}";
    }

    private static String change(String id, @Nullable String v) {
        return "{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"1604474000000000\"}},\"Keys\":{\"id\":{\"S\":\"" + id
                + "\"}}" + (v == null ? "" : ",\"NewImage\":" + image(id, v)) + "}";
    }

    private static String image(String id, String v) {
        return "{\"id\":{\"S\":\"" + id + "\"},\"v\":{\"S\":\"" + v + "\"}}";
    }

    private long read(TableExports exports, SnapshotChunk chunk, Consumer<ChangeBatch> consumer) {
        Clients clients = new Clients(Optional.of("us-east-1"), Optional.of(URI.create(service.url())), CREDENTIALS);
        try (ExportView view =
                new ExportView(exports, new ScanView(clients, new Position(7), TypeChoices.NONE, null))) {
            return view.read(chunk, TABLE, consumer);
        }
    }

    private long read(TableExports exports, SnapshotChunk chunk) {
        Clients clients = new Clients(Optional.of("us-east-1"), Optional.of(URI.create(service.url())), CREDENTIALS);
        try (ExportView view =
                new ExportView(exports, new ScanView(clients, new Position(7), TypeChoices.NONE, null))) {
            assertThat(view.asOf(TABLE)).isPresent();
            return view.read(chunk, TABLE, batch -> assertThat(batch.schema()).isEqualTo(TABLE.schema()));
        }
    }

    @Test
    void settingsAreRead() {
        assertThat(HandedExports.parse("a=s3://b/c=d , e=scan").locations())
                .isEqualTo(Map.of("a", List.of("s3://b/c=d"), "e", List.of("scan")));
        assertThat(HandedExports.parse("a=s3://b/c + s3://b/d").locations())
                .isEqualTo(Map.of("a", List.of("s3://b/c", "s3://b/d")));
        assertThatThrownBy(() -> HandedExports.parse("a=x + ")).hasMessageContaining("table=location + location");
        assertThatThrownBy(() -> HandedExports.parse("a")).hasMessageContaining("table=location");
        assertThatThrownBy(() -> HandedExports.parse("a=x,a=y")).hasMessageContaining("names a table twice (table=a)");
        assertThat(ExportDestination.parse("s3://b/c/d/")).isEqualTo(new ExportDestination("b", "c/d"));
        assertThat(ExportDestination.parse("s3://b")).isEqualTo(new ExportDestination("b", ""));
        assertThatThrownBy(() -> ExportDestination.parse("/b")).hasMessageContaining("s3://bucket");
    }

    private static TableDescription described() {
        return TableDescription.builder()
                .tableName("Books")
                .tableArn(ARN)
                .tableId(TABLE_ID)
                .latestStreamLabel(STREAM)
                .build();
    }

    private ExportFolder written(Instant time) {
        return new ExportFolder(folder, "p/")
                .with("exportTime", "\"" + time + "\"")
                .file("a.json.gz", List.of("{\"Item\":{\"id\":{\"S\":\"1\"}}}"));
    }

    private TableExports exports(String handed, boolean starts) {
        Clients clients = new Clients(Optional.of("us-east-1"), Optional.of(URI.create(service.url())), CREDENTIALS);
        OpenExports opened =
                new OpenExports(new S3ExportStore.Access("us-east-1", URI.create(service.url()), true, CREDENTIALS));
        TableExports exports = new TableExports(
                clients,
                handed.isEmpty() ? HandedExports.NONE : HandedExports.parse(handed),
                opened,
                starts ? new StartedExports(clients, "shop", new ExportDestination("exports", "p"), opened) : null);
        closing.add(exports);
        closing.add(clients);
        return exports;
    }

    private Answer answer(Call call) {
        String[] action = call.action().split("[. ]", 2);
        return switch (action[1]) {
            case "DescribeTable" ->
                new Answer(
                        200,
                        "{\"Table\":{\"TableName\":\"Books\",\"TableArn\":\"" + ARN + "\",\"TableId\":\"" + TABLE_ID
                                + "\",\"LatestStreamLabel\":\"" + STREAM + "\"}}");
            case "ExportTableToPointInTime", "DescribeExport" ->
                new Answer(
                        200,
                        "{\"ExportDescription\":{\"ExportArn\":\"" + ARN + "/export/1\",\"ExportStatus\":\"" + status
                                + "\",\"S3Bucket\":\"exports\",\"ExportManifest\":\"p/AWSDynamoDB/" + ExportFolder.ID
                                + "/manifest-summary.json\"}}");
            case "DescribeContinuousBackups" ->
                new Answer(
                        200,
                        "{\"ContinuousBackupsDescription\":{\"ContinuousBackupsStatus\":\"ENABLED\","
                                + "\"PointInTimeRecoveryDescription\":{\"PointInTimeRecoveryStatus\":\"" + recovery
                                + "\"}}}");
            default -> object(call.action());
        };
    }

    /** {@code GET /exports/<key>}: the bucket is the folder. */
    private Answer object(String action) {
        try {
            return new Answer(200, Files.readString(folder.resolve(action.substring("GET /exports/".length()))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
