package io.tidemark.source.dynamodb.export;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Measures how fast one thread reads a file of items of 1 KB; run with a small heap it shows that the file's size does not matter. */
final class ExportSpeed {
    private static final String[] WORDS = {"alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"};

    private ExportSpeed() {}

    /** @param args folder, number of items */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int items = Integer.parseInt(args[1]);
        for (boolean isIon : new boolean[] {false, true}) {
            ExportFolder written = new ExportFolder(folder, isIon ? "ion/" : "json/")
                    .with("outputFormat", isIon ? "\"ION\"" : "\"DYNAMODB_JSON\"")
                    .with("itemCount", Integer.toString(items));
            Path file = written.path(ExportFolder.ID + "/data/a.gz");
            Files.createDirectories(file.getParent());
            long characters = write(file, items, isIon);
            written.line("AWSDynamoDB/" + ExportFolder.ID + "/data/a.gz", items, md5(file))
                    .write();
            try (ExportStore store = new FolderExportStore(folder)) {
                Export export = Export.open(store, written.location());
                for (int round = 0; round < 4; round++) {
                    long begin = System.nanoTime();
                    long read = export.read(export.files().get(0), item -> {});
                    double seconds = (System.nanoTime() - begin) / 1e9;
                    System.out.printf(
                            "%s: %d items of %d characters, %.0f items/s, heap %d MiB%n",
                            export.summary().format(),
                            read,
                            characters / items,
                            read / seconds,
                            Runtime.getRuntime().maxMemory() >> 20);
                }
            }
        }
    }

    private static long write(Path file, int items, boolean isIon) throws IOException {
        Random random = new Random(3);
        long characters = 0;
        try (Writer out = new BufferedWriter(
                new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8))) {
            for (int i = 0; i < items; i++) {
                String line = isIon ? ion(i, random) : json(i, random);
                characters += line.length();
                out.write(line);
                out.write('\n');
            }
        }
        return characters;
    }

    private static String json(int i, Random random) {
        return "{\"Item\":{\"pk\":{\"S\":\"customer#" + i + "\"},\"sk\":{\"S\":\"order#" + random.nextInt()
                + "\"},\"total\":{\"N\":\""
                + random.nextInt(100000) + ".25\"},\"open\":{\"BOOL\":true},\"note\":{\"S\":\"" + words(random, 75)
                + "\"},\"address\":{\"M\":{\"street\":{\"S\":\"" + words(random, 3) + "\"},\"zip\":{\"N\":\""
                + random.nextInt(99999)
                + "\"}}},\"tags\":{\"SS\":[\"a\",\"b\",\"c\"]},\"lines\":{\"L\":[{\"M\":{\"sku\":{\"S\":\""
                + random.nextInt()
                + "\"},\"n\":{\"N\":\"2\"}}},{\"M\":{\"sku\":{\"S\":\"" + random.nextInt()
                + "\"},\"n\":{\"N\":\"1\"}}}]},\"map"
                + i + "\":{\"N\":\"1\"}}}";
    }

    private static String ion(int i, Random random) {
        return "$ion_1_0 {Item:{pk:\"customer#" + i + "\",sk:\"order#" + random.nextInt() + "\",total:"
                + random.nextInt(100000)
                + ".25,open:true,note:\"" + words(random, 85) + "\",address:{street:\"" + words(random, 3) + "\",zip:"
                + random.nextInt(99999) + ".},tags:$dynamodb_SS::[\"a\",\"b\",\"c\"],lines:[{sku:\"" + random.nextInt()
                + "\",n:2.},{sku:\"" + random.nextInt() + "\",n:1.}],map" + i + ":1.}}";
    }

    private static String words(Random random, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(WORDS[random.nextInt(WORDS.length)]).append(i % 8).append(' ');
        }
        return text.toString();
    }

    private static String md5(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                SummedStream summed = new SummedStream(in, file.toString())) {
            return summed.md5();
        }
    }
}
