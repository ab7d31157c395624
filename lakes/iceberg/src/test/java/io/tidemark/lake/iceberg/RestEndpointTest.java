package io.tidemark.lake.iceberg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.spi.change.Operation;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.CatalogEndpoint;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.storage.LocalFileIO;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The served catalog through Iceberg's own client, which Spark, Flink and Trino use, and through bare HTTP. */
class RestEndpointTest {
    private static final TableId ID = new TableId("public", "notes");
    private static final TableIdentifier NOTES = TableIdentifier.of("public", "notes");

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private IcebergLake lake;
    private CatalogEndpoint endpoint;
    private RESTCatalog client;

    @BeforeEach
    void start() throws Exception {
        serve(Map.of("serve", "127.0.0.1:0"), Map.of());
        client = client(Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @Test
    void listsAndReadsMirrors() {
        Notes.load(lake, ID, "zero", "one");
        Notes.load(lake, new TableId("audit", "log"), "first");

        assertThat(client.listNamespaces()).containsExactlyInAnyOrder(Namespace.of("public"), Namespace.of("audit"));
        assertThat(client.namespaceExists(Namespace.of("public"))).isTrue();
        assertThat(client.loadNamespaceMetadata(Namespace.of("public"))).isNotNull();
        assertThat(client.listTables(Namespace.of("public"))).containsExactly(NOTES);
        assertThat(client.tableExists(NOTES)).isTrue();
        Table table = client.loadTable(NOTES);
        assertThat(Notes.rows(table)).isEqualTo(Map.of(0L, "zero", 1L, "one"));
        assertThat(Notes.rows(client.loadTable(TableIdentifier.of("audit", "log"))))
                .isEqualTo(Map.of(0L, "first"));
    }

    @Test
    void readsEachCommitAfterARefresh() {
        Notes.load(lake, ID, "zero", "one");
        Table table = client.loadTable(NOTES);
        Notes.apply(lake, ID, Operation.INSERT, 5, "five");
        Notes.apply(lake, ID, Operation.UPDATE, 0, "null");
        Notes.apply(lake, ID, Operation.DELETE, 1, "");

        assertThat(Notes.rows(table)).isEqualTo(Map.of(0L, "zero", 1L, "one"));
        table.refresh();
        assertThat(Notes.rows(table)).isEqualTo(Map.of(0L, "null", 5L, "five"));
        assertThat(client.loadTable(TableIdentifier.of("public", "notes", "snapshots"))
                        .schema()
                        .findField("snapshot_id"))
                .isNotNull();
    }

    @Test
    void readersSeeWholeCommitsWhileAppliesGoOn() throws Exception {
        Notes.load(lake, ID, "0");
        CountDownLatch first = new CountDownLatch(1);
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Thread writer = new Thread(() -> {
            try (LakeTable mirror = lake.find(ID).orElseThrow()) {
                for (int id = 1; id <= 25; id++) {
                    Notes.apply(mirror, Operation.INSERT, id, Integer.toString(id));
                    first.countDown();
                }
            } catch (RuntimeException | AssertionError e) {
                failures.add(e);
                first.countDown();
            }
        });
        writer.start();
        first.await();
        int seen = 0;
        while (seen < 26) {
            boolean last = !writer.isAlive();
            Map<Long, String> rows = Notes.rows(client.loadTable(NOTES));
            assertThat(rows.size()).isGreaterThanOrEqualTo(seen);
            seen = rows.size();
            for (long id = 0; id < seen; id++) {
                assertThat(rows).containsEntry(id, Long.toString(id));
            }
            assertThat(last && seen < 26).as("rows missing at the end").isFalse();
        }
        writer.join();
        assertThat(failures).isEmpty();
    }

    @Test
    void doesNotShowMirrorsInTheMaking() {
        Notes.load(lake, ID, "zero");
        TableId named = new TableId("public", "old_tidemark_load");
        Notes.load(lake, named, "a table that is named so in the database");
        lake.openLoad(Notes.spec(ID)).close();
        lake.openLoad(Notes.spec(new TableId("public", "new"))).close();

        assertThat(client.listTables(Namespace.of("public")))
                .containsExactlyInAnyOrder(NOTES, TableIdentifier.of("public", "old_tidemark_load"));
        assertThat(Notes.rows(client.loadTable(TableIdentifier.of("public", "old_tidemark_load"))))
                .hasSize(1);
        for (String hidden : List.of("notes_tidemark_load", "new_tidemark_load")) {
            assertThat(client.tableExists(TableIdentifier.of("public", hidden))).isFalse();
            assertThatThrownBy(() -> client.loadTable(TableIdentifier.of("public", hidden)))
                    .isInstanceOf(NoSuchTableException.class);
        }
    }

    @Test
    void namesMayHoldAnything() {
        List<TableId> names = List.of(
                new TableId("Sales Data", "Order Items"),
                new TableId("größe", "表"),
                new TableId("a%2Fb", "100%"),
                new TableId("sl/ash", "a/b?c#d"),
                new TableId("pl+us", "a+b"),
                new TableId("quo\"te'", "x&y=z"),
                new TableId("under_score", "dotted.name"));
        for (int i = 0; i < names.size(); i++) {
            Notes.load(lake, names.get(i), Integer.toString(i));
        }
        for (int i = 0; i < names.size(); i++) {
            Namespace namespace = Namespace.of(names.get(i).schema());
            TableIdentifier identifier =
                    TableIdentifier.of(namespace, names.get(i).name());
            assertThat(client.listNamespaces()).contains(namespace);
            assertThat(client.namespaceExists(namespace)).isTrue();
            assertThat(client.listTables(namespace)).containsExactly(identifier);
            assertThat(Notes.rows(client.loadTable(identifier))).isEqualTo(Map.of(0L, Integer.toString(i)));
        }
    }

    @Test
    void aSchemaWithADotIsANamespaceOfTwoLevels() {
        Notes.load(lake, new TableId("eu.sales", "orders"), "x");

        assertThat(client.listNamespaces()).containsExactly(Namespace.of("eu"));
        assertThat(client.listNamespaces(Namespace.of("eu"))).containsExactly(Namespace.of("eu", "sales"));
        TableIdentifier orders = TableIdentifier.of("eu", "sales", "orders");
        assertThat(client.listTables(Namespace.of("eu", "sales"))).containsExactly(orders);
        assertThat(Notes.rows(client.loadTable(orders))).hasSize(1);
        assertThat(Notes.rows(client.loadTable(TableIdentifier.of(Namespace.of("eu.sales"), "orders"))))
                .hasSize(1);
    }

    @Test
    void whatDoesNotExistIsToldAsTheSpecificationSays() throws Exception {
        Notes.load(lake, ID, "zero");
        assertThatThrownBy(() -> client.loadTable(TableIdentifier.of("public", "none")))
                .isInstanceOf(NoSuchTableException.class)
                .hasMessageContaining("public.none");
        assertThatThrownBy(() -> client.loadTable(TableIdentifier.of("none", "notes")))
                .isInstanceOf(NoSuchTableException.class);
        assertThatThrownBy(() -> client.listTables(Namespace.of("none"))).isInstanceOf(NoSuchNamespaceException.class);
        assertThatThrownBy(() -> client.listNamespaces(Namespace.of("none")))
                .isInstanceOf(NoSuchNamespaceException.class);
        assertThatThrownBy(() -> client.loadNamespaceMetadata(Namespace.of("none")))
                .isInstanceOf(NoSuchNamespaceException.class);
        assertThat(client.tableExists(TableIdentifier.of("public", "none"))).isFalse();
        assertThat(client.namespaceExists(Namespace.of("none"))).isFalse();
        assertThat(get("/v1/namespaces/public/views/x").statusCode()).isEqualTo(404);
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/v1/namespaces/%00").statusCode()).isEqualTo(400);
    }

    @Test
    void refusesEveryWriteAndSaysWhy() throws Exception {
        Notes.load(lake, ID, "zero");
        Table table = client.loadTable(NOTES);
        DataFile file = DataFiles.builder(PartitionSpec.unpartitioned())
                .withPath(table.location() + "/foreign.parquet")
                .withFileSizeInBytes(10)
                .withRecordCount(1)
                .build();
        Schema schema = new Schema(Types.NestedField.optional(1, "a", Types.IntegerType.get()));
        assertRefused(() -> table.newAppend().appendFile(file).commit());
        assertRefused(() -> table.updateProperties().set("a", "b").commit());
        assertRefused(() ->
                table.updateSchema().addColumn("b", Types.IntegerType.get()).commit());
        assertRefused(() -> client.createTable(TableIdentifier.of("public", "mine"), schema));
        assertRefused(() -> client.buildTable(TableIdentifier.of("public", "mine"), schema)
                .createTransaction()
                .commitTransaction());
        assertRefused(() -> client.dropTable(NOTES, true));
        assertRefused(() -> client.dropTable(NOTES, false));
        assertRefused(() -> client.renameTable(NOTES, TableIdentifier.of("public", "mine")));
        assertRefused(() -> client.registerTable(TableIdentifier.of("public", "mine"), "/x/metadata.json"));
        assertRefused(() -> client.createNamespace(Namespace.of("mine")));
        assertRefused(() -> client.dropNamespace(Namespace.of("public")));
        assertRefused(() -> client.setProperties(Namespace.of("public"), new HashMap<>(Map.of("a", "b"))));

        assertThat(client.listNamespaces()).containsExactly(Namespace.of("public"));
        assertThat(client.listTables(Namespace.of("public"))).containsExactly(NOTES);
        assertThat(Notes.rows(client.loadTable(NOTES))).isEqualTo(Map.of(0L, "zero"));
        HttpResponse<String> large =
                http(HttpRequest.newBuilder(endpoint.uri().resolve("/v1/namespaces/public/tables/notes"))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[4 << 20])));
        assertThat(large.statusCode()).isEqualTo(403);
        assertThat(large.body()).contains("read-only");
    }

    @Test
    void aTokenIsWantedFromEveryRequestWhenOneIsSet() throws Exception {
        stopServing();
        serve(Map.of("serve", "127.0.0.1:0", "serve-token", "s3cret"), Map.of());
        Notes.load(lake, ID, "zero");

        assertThatThrownBy(() -> client(Map.of()))
                .isInstanceOf(NotAuthorizedException.class)
                .hasMessageContaining("lake.serve-token");
        assertThatThrownBy(() -> client(Map.of("token", "wrong"))).isInstanceOf(NotAuthorizedException.class);
        assertThat(Notes.rows(client(Map.of("token", "s3cret")).loadTable(NOTES)))
                .hasSize(1);
        HttpResponse<String> refused = get("/v1/namespaces/public/tables/notes");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).contains("\"code\":401").doesNotContain("s3cret");
        assertThat(String.join("\n", endpoint.instructions())).doesNotContain("s3cret");
    }

    @Test
    void withoutATokenOnlyThisMachineUnderItsOwnNameIsServed() throws Exception {
        assertThat(raw("Host: localhost:" + endpoint.uri().getPort())).startsWith("HTTP/1.1 200");
        assertThat(raw("Host: [::1]:80")).startsWith("HTTP/1.1 200");
        assertThat(raw("Host: pointed.here.example:80"))
                .startsWith("HTTP/1.1 403")
                .contains("this machine only");
        assertThat(raw("Host: 127.0.0.1.example")).startsWith("HTTP/1.1 403");
        for (String address : List.of("0.0.0.0:0", "[::]:0")) {
            try (IcebergLake other = lake("other", Map.of("serve", address), Map.of())) {
                assertThatThrownBy(other::openCatalogEndpoint)
                        .hasMessageContaining(
                                "other machines would reach it without authentication (lake.serve=" + address)
                        .asInstanceOf(type(TidemarkException.class))
                        .returns(ErrorCode.CONFIG_INVALID, TidemarkException::code);
                assertThat(other.check())
                        .filteredOn(finding -> finding.status() == Finding.Status.FAILED)
                        .singleElement()
                        .returns("lake endpoint", Finding::subject);
            }
        }
    }

    @Test
    void anAddressInUseIsAnErrorWithItsSetting() throws Exception {
        String address = "127.0.0.1:" + endpoint.uri().getPort();
        try (IcebergLake other = lake("other", Map.of("serve", address), Map.of())) {
            assertThatThrownBy(other::openCatalogEndpoint)
                    .hasMessageContaining("Cannot serve the catalog: ")
                    .hasMessageContaining("(lake.serve=" + address + ")")
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.CONFIG_INVALID, TidemarkException::code);
        }
        try (IcebergLake other = lake("none", Map.of(), Map.of())) {
            assertThat(other.openCatalogEndpoint()).isEmpty();
        }
    }

    @Test
    void tellsClientsOfTheStorageWhatIsNoSecret() throws Exception {
        stopServing();
        serve(
                Map.of("serve", "127.0.0.1:0"),
                Map.of(
                        "s3.endpoint", "http://minio:9000",
                        "s3.path-style-access", "true",
                        "client.region", "eu-central-1",
                        "s3.access-key-id", "AKIA",
                        "s3.secret-access-key", "hidden",
                        "client.credentials-provider.x", "hidden"));
        String config = get("/v1/config").body();

        assertThat(config)
                .contains("\"s3.endpoint\":\"http://minio:9000\"", "\"client.region\":\"eu-central-1\"")
                .doesNotContain("AKIA", "hidden", "io-impl", "tidemark.sync");
        assertThat(client(Map.of("s3.endpoint", "http://elsewhere")).properties())
                .containsEntry("s3.endpoint", "http://elsewhere")
                .containsEntry("s3.path-style-access", "true");
    }

    @Test
    void loadsOnlyReferencedSnapshotsWhenAskedTo() throws Exception {
        Notes.load(lake, ID, "zero");
        Notes.apply(lake, ID, Operation.INSERT, 1, "one");
        String all = get("/v1/namespaces/public/tables/notes").body();
        String refs = get("/v1/namespaces/public/tables/notes?snapshots=refs").body();
        assertThat(all.split("\"snapshot-id\":\\d+,\"parent|\"manifest-list\"", -1).length)
                .isGreaterThan(refs.split("\"snapshot-id\":\\d+,\"parent|\"manifest-list\"", -1).length);

        Table table = client(Map.of("snapshot-loading-mode", "refs")).loadTable(NOTES);
        assertThat(Notes.rows(table)).hasSize(2);
        assertThat(table.snapshots()).hasSizeGreaterThan(1);
    }

    @Test
    void closesWhileClientsAreConnected() throws Exception {
        Notes.load(lake, ID, "zero");
        client.loadTable(NOTES);
        stopServing();
        assertThatThrownBy(() -> new Socket(
                                InetAddress.getLoopbackAddress(), endpoint.uri().getPort())
                        .close())
                .isInstanceOf(java.io.IOException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8181, true",
        "localhost:0, true",
        "[::1]:65535, true",
        "8181, false",
        "localhost, false",
        "::1:80, false",
        "localhost:65536, false",
        "http://localhost:1, false",
        "'a b:1', false"
    })
    void addressesAreReadAsWrittenOrRefused(String text, boolean isAddress) {
        if (isAddress) {
            assertThat(IcebergSettings.SERVE.parser().apply(text)).hasToString(text);
        } else {
            assertThatThrownBy(() -> IcebergSettings.SERVE.parser().apply(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("must be host:port");
        }
    }

    private static void assertRefused(ThrowingCallable write) {
        assertThatThrownBy(write)
                .isInstanceOf(ForbiddenException.class)
                .hasMessageContaining(
                        "This catalog is read-only: its tables are mirrors that Tidemark keeps equal to a database");
    }

    private void serve(Map<String, String> settings, Map<String, String> properties) throws Exception {
        lake = lake("state-" + open.size(), settings, properties);
        open.add(lake);
        endpoint = lake.openCatalogEndpoint().orElseThrow();
        open.add(endpoint);
    }

    private void stopServing() throws Exception {
        stop();
        open.clear();
    }

    private IcebergLake lake(String name, Map<String, String> settings, Map<String, String> properties)
            throws Exception {
        Path state = Files.createDirectories(folder.resolve(name));
        Map<String, String> all = new HashMap<>(properties);
        all.put("tidemark.sync", "false");
        return IcebergLake.open(
                folder.resolve("lake of " + name).toString(),
                new Settings("lake", settings, all),
                state,
                LakeOptions.defaults());
    }

    /** As a user makes it from the address, with a FileIO for local files that needs no Hadoop. */
    private RESTCatalog client(Map<String, String> more) {
        RESTCatalog made = new RESTCatalog();
        Map<String, String> properties = new HashMap<>(more);
        properties.put("uri", endpoint.uri().toString());
        properties.put("io-impl", LocalFileIO.class.getName());
        made.initialize("lake", properties);
        open.add(made);
        return made;
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http(HttpRequest.newBuilder(endpoint.uri().resolve(path)));
    }

    private static HttpResponse<String> http(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** A request with a header that HTTP libraries do not let one set. */
    private String raw(String header) throws Exception {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), endpoint.uri().getPort())) {
            String request = "GET /v1/config HTTP/1.1\r\n" + header + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
