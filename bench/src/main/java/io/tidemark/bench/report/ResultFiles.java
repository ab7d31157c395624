package io.tidemark.bench.report;

import io.tidemark.bench.contest.Result;
import io.tidemark.engine.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The page {@code performance.md} in a folder, and beside it in {@code performance/} a JSON file and a chart of each benchmark's newest result. */
public final class ResultFiles {
    private static final String DETAILS = "performance";

    private final Path folder;

    public ResultFiles(Path folder) {
        this.folder = folder;
    }

    /** Keeps a result in place of the one before it. */
    public void write(Result result) throws IOException {
        Path details = Files.createDirectories(folder.resolve(DETAILS));
        Files.writeString(details.resolve(result.name() + ".json"), Json.writePretty(result) + "\n");
        Files.writeString(details.resolve(result.name() + ".svg"), new BarChart(result).text());
    }

    /** Writes the page from all results that there are, in this order. */
    public void writePage(List<String> names) throws IOException {
        List<Result> results = new ArrayList<>();
        for (String name : names) {
            read(name).ifPresent(results::add);
        }
        Files.writeString(folder.resolve(DETAILS + ".md"), new PerformancePage(results).text());
    }

    private Optional<Result> read(String name) throws IOException {
        Path file = folder.resolve(DETAILS).resolve(name + ".json");
        return Files.exists(file)
                ? Optional.of(Json.read(Files.readString(file), Result.class, "the result " + file))
                : Optional.empty();
    }
}
