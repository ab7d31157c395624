package io.tidemark.source.dynamodb.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ExportFormat;
import software.amazon.awssdk.services.dynamodb.model.ExportType;

/** Full exports and changes, from a folder. */
class ExportTest {
    private static final String GUIDE = "{\"Item\":{\"Authors\":{\"SS\":[\"Author1\",\"Author2\"]},"
            + "\"Dimensions\":{\"S\":\"8.5 x 11.0 x 1.5\"},\"ISBN\":{\"S\":\"333-3333333333\"},\"Id\":{\"N\":\"103\"},"
            + "\"InPublication\":{\"BOOL\":false},\"PageCount\":{\"N\":\"600\"},\"Price\":{\"N\":\"2000\"},"
            + "\"ProductCategory\":{\"S\":\"Book\"},\"Title\":{\"S\":\"Book 103 Title\"}}}";
    private static final String GUIDE_ION = "$ion_1_0 {Item:{Authors:$dynamodb_SS::[\"Author1\",\"Author2\"],"
            + "Dimensions:\"8.5 x 11.0 x 1.5\",ISBN:\"333-3333333333\",Id:103.,InPublication:false,PageCount:6d2,"
            + "Price:2d3,ProductCategory:\"Book\",Title:\"Book 103 Title\"}}";
    private static final String ALL = "{\"Item\":{\"s\":{\"S\":\"\"},\"n\":{\"N\":\"-1.50\"},"
            + "\"long\":{\"N\":\"12345678901234567890123456789012345678\"},\"b\":{\"B\":\"AAH/\"},\"t\":{\"BOOL\":true},"
            + "\"nul\":{\"NULL\":true},\"ns\":{\"NS\":[\"1\",\"-2.5\"]},\"bs\":{\"BS\":[\"AQ==\",\"Ag==\"]},"
            + "\"l\":{\"L\":[{\"S\":\"x\"},{\"L\":[]},{\"M\":{}},{\"NULL\":true}]},"
            + "\"m\":{\"M\":{\"inner\":{\"M\":{\"deep\":{\"N\":\"1\"}}}}},"
            + "\"\u540d\\u524d \\\"q\\\" \ud83d\ude00\":{\"S\":\"\u00e4\\n\\u0000\\ud83d\\ude00 \ud83d\ude00\"}}}";
    private static final String ALL_ION = "$ion_1_0 {Item:{s:\"\",n:-1.50,long:12345678901234567890123456789012345678.,"
            + "b:{{AAH/}},t:true,nul:null,ns:$dynamodb_NS::[1.,-2.5],bs:$dynamodb_BS::[{{AQ==}},{{Ag==}}],"
            + "l:[\"x\",[],{},null],m:{inner:{deep:1.}},'\u540d\u524d \"q\" \ud83d\ude00':\"\u00e4\\n\\0\\U0001f600 \ud83d\ude00\"}}";

    @TempDir
    Path folder;

    private ExportStore store;

    @BeforeEach
    void openStore() {
        store = new FolderExportStore(folder);
    }

    @Test
    void itemsOfDynamoDbJsonComeAsTheyAre() {
        Export export = open(new ExportFolder(folder, "daily/")
                .file("a.json.gz", List.of(GUIDE, ALL))
                .file("empty.json.gz", List.of())
                .file(ExportFolder.ID + "/data/none.json.gz", 0, new byte[0])
                .file("b.json.gz", List.of(GUIDE))
                .write());
        assertThat(export.summary())
                .isEqualTo(new ExportSummary(
                        "arn:aws:dynamodb:us-east-1:123456789012:table/Books/export/" + ExportFolder.ID,
                        "arn:aws:dynamodb:us-east-1:123456789012:table/Books",
                        "12345a12-abcd-123a-ab12-1234abc12345",
                        ExportType.FULL_EXPORT,
                        ExportFormat.DYNAMODB_JSON,
                        null,
                        Instant.parse("2020-11-04T07:28:34.028Z"),
                        3,
                        20901239349L));
        assertThat(export.files()).extracting(DataFile::itemCount).containsExactly(2L, 0L, 0L, 1L);
        assertThat(items(export)).containsExactly(guide(), all(), guide());
        assertThat(items(export).get(1).keySet()).first().isEqualTo("s");
    }

    @Test
    void itemsOfIonAreTheSame() {
        Export export = open(new ExportFolder(folder, "")
                .with("outputFormat", "\"ION\"")
                .file("a.ion.gz", List.of(GUIDE_ION, ALL_ION))
                .file("empty.ion.gz", List.of())
                .file("b.ion.gz", List.of(GUIDE_ION))
                .write());
        assertThat(export.summary().format()).isEqualTo(ExportFormat.ION);
        Map<String, AttributeValue> all = new HashMap<>(all());
        all.put("n", AttributeValue.fromN("-1.5"));
        assertThat(items(export)).containsExactly(guide(), all, guide());
    }

    @Test
    void numbersOfIonAreWrittenAsDynamoDbWritesThem() {
        Export export = open(new ExportFolder(folder, "")
                .with("outputFormat", "\"ION\"")
                .file("a.ion.gz", List.of("$ion_1_0 {Item:{l:[0., 0d5, -0., 5, 1d-3, 1.5d2, 9.9d125]}}"))
                .write());
        assertThat(items(export).get(0).get("l").l())
                .extracting(AttributeValue::n)
                .containsExactly("0", "0", "0", "5", "0.001", "150", "99" + "0".repeat(124));
    }

    @Test
    void changesHaveTheirImages() {
        String metadata = "\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"1680109764000000\"}}";
        Export export = open(ExportFolder.incremental(folder, "inc/")
                .shared(
                        "x.json.gz",
                        List.of(
                                "{" + metadata
                                        + ",\"Keys\":{\"PK\":{\"S\":\"a\"}},\"NewImage\":{\"PK\":{\"S\":\"a\"},\"v\":{\"N\":\"1\"}}}",
                                "{" + metadata
                                        + ",\"Keys\":{\"PK\":{\"S\":\"b\"}},\"OldImage\":{\"PK\":{\"S\":\"b\"},\"v\":{\"N\":\"1\"}},"
                                        + "\"NewImage\":{\"PK\":{\"S\":\"b\"},\"v\":{\"N\":\"2\"}}}"))
                .shared(
                        "y.json.gz",
                        List.of(
                                "{\"Metadata\":{\"WriteTimestampMicros\":\"1680109764000001\",\"Later\":{\"x\":[1]}},"
                                        + "\"Keys\":{\"PK\":{\"S\":\"c\"}},\"OldImage\":{\"PK\":{\"S\":\"c\"}}}",
                                "{\"Keys\":{\"PK\":{\"S\":\"d\"}},\"Metadata\":{\"WriteTimestampMicros\":1680109764000002}}"))
                .write());
        assertThat(export.summary().type()).isEqualTo(ExportType.INCREMENTAL_EXPORT);
        assertThat(export.summary().findFrom()).contains(Instant.parse("2023-09-18T17:00:00Z"));
        assertThat(export.summary().exportTime()).isEqualTo(Instant.parse("2023-09-19T04:00:00Z"));
        assertThat(export.files()).extracting(DataFile::path).contains("inc/AWSDynamoDB/data/x.json.gz");
        assertThat(changes(export))
                .containsExactly(
                        change("a", image("a", "1"), null, 0),
                        change("b", image("b", "2"), image("b", "1"), 0),
                        change("c", null, Map.of("PK", AttributeValue.fromS("c")), 1),
                        change("d", null, null, 2));
        assertThatThrownBy(() -> export.read(export.files().get(0), item -> {}))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void changesOfIonMayBeWrapped() {
        Export export = open(ExportFolder.incremental(folder, "")
                .with("outputFormat", "\"ION\"")
                .shared(
                        "x.ion.gz",
                        List.of(
                                "$ion_1_0 {Record:{Keys:{PK:\"a\"},Metadata:{WriteTimestampMicros:1680109764000000.},"
                                        + "NewImage:{PK:\"a\",v:1.}}}",
                                "$ion_1_0 {Metadata:{WriteTimestampMicros:{N:1680109764000001.}},Keys:{PK:\"b\"},"
                                        + "OldImage:{PK:\"b\",v:1.},NewImage:{PK:\"b\",v:2.}}",
                                "$ion_1_0 {Record:{Keys:{PK:\"c\"},Metadata:{WriteTimestampMicros:\"1680109764000002\"}}}"))
                .write());
        assertThat(changes(export))
                .containsExactly(
                        change("a", image("a", "1"), null, 0),
                        change("b", image("b", "2"), image("b", "1"), 1),
                        change("c", null, null, 2));
    }

    @Test
    void aCopyIsReadWhereverItIs() throws IOException {
        ExportFolder written = new ExportFolder(folder, "2020-Nov/")
                .file("a.json.gz", List.of(GUIDE))
                .write();
        Files.createDirectories(folder.resolve("other/place"));
        Files.move(written.path(ExportFolder.ID), folder.resolve("other/place/renamed"));
        assertThat(items(Export.open(store, "/other/place/renamed/"))).containsExactly(guide());
        try (ExportStore inside = new FolderExportStore(folder.resolve("other/place/renamed"))) {
            Export export = Export.open(inside, "");
            assertThat(export.files()).extracting(DataFile::path).containsExactly("data/a.json.gz");
        }
    }

    @Test
    void keysWithoutThePrefixAreFound() {
        ExportFolder written = new ExportFolder(folder, "p/").file("a.json.gz", List.of(GUIDE));
        byte[] second = ExportFolder.gzip(List.of(ALL));
        written.own("data/b.json.gz", "");
        written.line("AWSDynamoDB/" + ExportFolder.ID + "/data/b.json.gz", 1, SummedStream.md5(second))
                .with("itemCount", "2")
                .without("exportType")
                .write("checksum");
        Export export = Export.open(store, written.location());
        assertThat(export.files())
                .extracting(DataFile::path)
                .containsExactly(written.location() + "/data/a.json.gz", written.location() + "/data/b.json.gz");
    }

    @Test
    void membersOfAGzipFollowEachOtherHoweverSlowlyTheyCome() throws IOException {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(ExportFolder.gzip(List.of(GUIDE)));
        both.write(ExportFolder.gzip(List.of(ALL)));
        ExportFolder written = new ExportFolder(folder, "")
                .file(ExportFolder.ID + "/data/a.json.gz", 2, both.toByteArray())
                .write();
        ExportStore slow = new ExportStore() {
            @Override
            public InputStream open(String path) throws IOException {
                return new SlowStream(store.open(path));
            }

            @Override
            public String name(String path) {
                return path;
            }

            @Override
            public void close() {}
        };
        assertThat(items(Export.open(slow, written.location()))).containsExactly(guide(), all());
    }

    @Test
    void aRecordWithoutAnEndTakesNoMemory() {
        byte[] endless = ("{\"Item\":{\"a\":{\"L\":[" + "{\"N\":\"1\"},".repeat(BoundedStream.RECORD_BYTES_MAX / 8))
                .getBytes(StandardCharsets.UTF_8);
        Export export = open(new ExportFolder(folder, "")
                .file(ExportFolder.ID + "/data/a.json.gz", 1, ExportFolder.gzip(endless))
                .write());
        assertThatThrownBy(() -> items(export))
                .hasFieldOrPropertyWithValue("code", ErrorCode.SOURCE_PROTOCOL)
                .hasMessageContaining("a record has more than 16 MiB (item=1, its MD5 is right)");
    }

    private Export open(ExportFolder written) {
        return Export.open(store, written.location());
    }

    private static List<Map<String, AttributeValue>> items(Export export) {
        List<Map<String, AttributeValue>> items = new ArrayList<>();
        for (DataFile file : export.files()) {
            assertThat(export.read(file, items::add)).isEqualTo(file.itemCount());
        }
        return items;
    }

    private static List<ExportedChange> changes(Export export) {
        List<ExportedChange> changes = new ArrayList<>();
        for (DataFile file : export.files()) {
            assertThat(export.readChanges(file, changes::add)).isEqualTo(file.itemCount());
        }
        return changes;
    }

    private static ExportedChange change(
            String key, Map<String, AttributeValue> newImage, Map<String, AttributeValue> oldImage, long micros) {
        return new ExportedChange(
                Map.of("PK", AttributeValue.fromS(key)), newImage, oldImage, 1_680_109_764_000_000L + micros);
    }

    private static Map<String, AttributeValue> image(String key, String value) {
        return Map.of("PK", AttributeValue.fromS(key), "v", AttributeValue.fromN(value));
    }

    private static Map<String, AttributeValue> guide() {
        return Map.of(
                "Authors", AttributeValue.fromSs(List.of("Author1", "Author2")),
                "Dimensions", AttributeValue.fromS("8.5 x 11.0 x 1.5"),
                "ISBN", AttributeValue.fromS("333-3333333333"),
                "Id", AttributeValue.fromN("103"),
                "InPublication", AttributeValue.fromBool(false),
                "PageCount", AttributeValue.fromN("600"),
                "Price", AttributeValue.fromN("2000"),
                "ProductCategory", AttributeValue.fromS("Book"),
                "Title", AttributeValue.fromS("Book 103 Title"));
    }

    private static Map<String, AttributeValue> all() {
        return Map.ofEntries(
                Map.entry("s", AttributeValue.fromS("")),
                Map.entry("n", AttributeValue.fromN("-1.50")),
                Map.entry("long", AttributeValue.fromN("12345678901234567890123456789012345678")),
                Map.entry("b", AttributeValue.fromB(bytes(0, 1, 255))),
                Map.entry("t", AttributeValue.fromBool(true)),
                Map.entry("nul", AttributeValue.fromNul(true)),
                Map.entry("ns", AttributeValue.fromNs(List.of("1", "-2.5"))),
                Map.entry("bs", AttributeValue.fromBs(List.of(bytes(1), bytes(2)))),
                Map.entry(
                        "l",
                        AttributeValue.fromL(List.of(
                                AttributeValue.fromS("x"),
                                AttributeValue.fromL(List.of()),
                                AttributeValue.fromM(Map.of()),
                                AttributeValue.fromNul(true)))),
                Map.entry(
                        "m",
                        AttributeValue.fromM(
                                Map.of("inner", AttributeValue.fromM(Map.of("deep", AttributeValue.fromN("1")))))),
                Map.entry(
                        "\u540d\u524d \"q\" \ud83d\ude00",
                        AttributeValue.fromS("\u00e4\n\0\ud83d\ude00 \ud83d\ude00")));
    }

    private static SdkBytes bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return SdkBytes.fromByteArray(bytes);
    }

    /** A network: a byte at a time, and never one in advance. */
    private static final class SlowStream extends FilterInputStream {
        SlowStream(InputStream whole) {
            super(whole);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return super.read(bytes, offset, Math.min(length, 1));
        }

        @Override
        public int available() {
            return 0;
        }
    }
}
