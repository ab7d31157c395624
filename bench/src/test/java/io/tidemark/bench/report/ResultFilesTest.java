package io.tidemark.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.bench.contest.Check;
import io.tidemark.bench.contest.Measurement;
import io.tidemark.bench.contest.ProcessUse;
import io.tidemark.bench.contest.Result;
import io.tidemark.bench.contest.Series;
import io.tidemark.bench.contest.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ResultFilesTest {
    private static final Result RESULT = new Result(
            "copy",
            "Copy of a < b",
            "./tidemark bench copy",
            "1,000 rows",
            Instant.parse("2026-11-30T12:00:00Z"),
            "2 cores",
            List.of(
                    new Series("limit", Side.LIMIT, "rows", List.of(new Measurement(1_000, 0.5, List.of()))),
                    new Series(
                            "tidemark",
                            Side.TIDEMARK,
                            "rows",
                            List.of(
                                    new Measurement(1_000, 2, List.of(new ProcessUse("tidemark", 1.5, 64 << 20))),
                                    new Measurement(1_000, 1, List.of(new ProcessUse("tidemark", 0.5, 96 << 20))),
                                    new Measurement(1_000, 4, List.of(new ProcessUse("tidemark", 3.5, 32 << 20)))))),
            List.of(Check.atMost(3, "wall time, times limit", 4), Check.atLeast(100, "rows a second", 500)),
            List.of("A note."));

    @TempDir
    Path folder;

    @Test
    void pageHasMediansSpreadAndWhetherTargetsAreReached() throws IOException {
        ResultFiles files = new ResultFiles(folder);
        files.write(RESULT);
        files.writePage(List.of("not-run-yet", "copy"));

        assertThat(Files.readString(folder.resolve("performance.md")))
                .contains("| [copy](#copy) | wall time, times limit | 4.00 | at most 3.00 | **missed** |")
                .contains("| [copy](#copy) | rows a second | 500 | at least 100 | reached |")
                .contains("| limit | 2,000 (2,000 to 2,000) | 0.50 |  |")
                .contains("| tidemark | 500 (250 to 1,000) | 2.00 | tidemark 1.50 s, 96.0 MiB |")
                .contains("`./tidemark bench copy`, 2026-11-30, 2 cores.");
    }

    @Test
    void chartIsWellFormed() throws Exception {
        new ResultFiles(folder).write(RESULT);

        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("performance").resolve("copy.svg").toFile());

        assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(3);
        assertThat(document.getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo("Copy of a < b");
    }
}
