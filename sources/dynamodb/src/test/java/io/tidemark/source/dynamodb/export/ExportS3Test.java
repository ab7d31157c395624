package io.tidemark.source.dynamodb.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.testkit.s3.S3Server;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/** Exports in a bucket of a server that speaks S3. */
class ExportS3Test {
    @TempDir
    static Path folder;

    private static final List<String> LINES = IntStream.range(0, 1000)
            .mapToObj(i -> "{\"Item\":{\"id\":{\"N\":\"" + i + "\"}}}")
            .toList();
    private static S3Server server;
    private static Path bucket;

    private ExportStore store;

    @BeforeAll
    static void startServer() {
        server = S3Server.start(folder);
        bucket = server.folder(server.createBucket("exports"));
        System.setProperty("aws.accessKeyId", server.accessKey());
        System.setProperty("aws.secretAccessKey", server.secretKey());
    }

    @AfterAll
    static void stopServer() {
        server.close();
        List.of("aws.accessKeyId", "aws.secretAccessKey").forEach(System::clearProperty);
    }

    @BeforeEach
    void openStore() {
        store = connect("exports");
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void filesOfABucketAreRead() {
        ExportFolder written = new ExportFolder(bucket, "a/b/")
                .file("a.json.gz", LINES)
                .file("b.json.gz", LINES)
                .write();
        Export export = Export.open(store, written.location());
        for (DataFile file : export.files()) {
            assertThat(export.read(file, item -> assertThat(item).containsOnlyKeys("id")))
                    .isEqualTo(1000);
        }
    }

    @Test
    void aMissingObjectIsNamed() throws Exception {
        ExportFolder written =
                new ExportFolder(bucket, "missing/").file("a.json.gz", LINES).write();
        Files.delete(written.path(ExportFolder.ID + "/data/a.json.gz"));
        Export export = Export.open(store, written.location());
        assertThatThrownBy(() -> export.read(export.files().get(0), item -> {}))
                .hasFieldOrPropertyWithValue("code", ErrorCode.SOURCE_EXPORT_CORRUPT)
                .hasMessageContaining(
                        "s3://exports/missing/AWSDynamoDB/" + ExportFolder.ID + "/data/a.json.gz: it is missing");
        assertThatThrownBy(() -> Export.open(store, "nothing"))
                .hasFieldOrPropertyWithValue("code", ErrorCode.CONFIG_INVALID);
    }

    @Test
    void aLargeObjectIsGivenUpInTheMiddle() throws Exception {
        byte[] large = new byte[32 << 20];
        new Random(1).nextBytes(large);
        Files.write(bucket.resolve("large"), large);
        for (int i = 0; i < 100; i++) {
            try (InputStream in = store.open("large")) {
                assertThat(in.read()).isEqualTo(large[0] & 0xff);
            }
        }
    }

    @Test
    void whatS3RefusesIsSaid() {
        try (ExportStore other = connect("none")) {
            assertThatThrownBy(() -> other.open("x"))
                    .hasFieldOrPropertyWithValue("code", ErrorCode.CONFIG_INVALID)
                    .hasMessageContaining("s3://none/x");
        }
        System.setProperty("aws.secretAccessKey", "wrong");
        try (ExportStore other = connect("exports")) {
            assertThatThrownBy(() -> other.open("x")).hasFieldOrPropertyWithValue("code", ErrorCode.SOURCE_PERMISSION);
        } finally {
            System.setProperty("aws.secretAccessKey", server.secretKey());
        }
        server.stop();
        try {
            assertThatThrownBy(() -> store.open("x")).hasFieldOrPropertyWithValue("code", ErrorCode.SOURCE_UNREACHABLE);
        } finally {
            server.restart();
        }
    }

    private static ExportStore connect(String name) {
        Map<String, String> properties = server.properties();
        return S3ExportStore.connect(
                name,
                new S3ExportStore.Access(
                        properties.get("client.region"),
                        server.endpoint(),
                        true,
                        DefaultCredentialsProvider.builder().build()));
    }
}
