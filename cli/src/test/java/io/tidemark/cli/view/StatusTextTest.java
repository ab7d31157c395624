package io.tidemark.cli.view;

import static io.tidemark.cli.view.StatusFixture.NOW;
import static io.tidemark.cli.view.StatusFixture.empty;
import static io.tidemark.cli.view.StatusFixture.failed;
import static io.tidemark.cli.view.StatusFixture.live;
import static io.tidemark.cli.view.StatusFixture.loading;
import static io.tidemark.cli.view.StatusFixture.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.output.Capture;
import io.tidemark.cli.output.JsonText;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTextTest {
    private final StatusText text = new StatusText(Capture.piped().asTerminal());

    @Test
    void tellsEverythingAboutARunningPipeline() {
        List<String> lines = text.lines(running(NOW, 500, live("accounts"), loading("big", 1_000), failed("odd")));

        assertThat(lines)
                .containsExactly(
                        "bank   freshness 1.2 s",
                        "capture  running, 42 events in the open slice",
                        "slice    7, a-to-b, 1,000 events, 2.0 KiB",
                        "cut      cut:7, all tables as of 2026-11-20 08:31:08Z",
                        "source   at 1/0, keeps 5.0 MiB of log for this pipeline",
                        "",
                        "TABLE            STATE         ROWS  EVENTS  BEHIND  FRESHNESS  LOAD",
                        "public.accounts  live     1,000,000  12,345       0      1.2 s",
                        "public.big       loading  1,000,000  12,345                     25%, 1,000 rows, 500/s, about 6.0 s left",
                        "public.odd       failed   1,000,000  12,345",
                        "",
                        "public.odd failed: Cannot carry column amount",
                        "  remedy: Map it to string.",
                        "",
                        "capture failed and tries again: Cannot connect (0 ms ago)",
                        "  remedy: Is it up?");
    }

    @Test
    void tellsWhatToDoBeforeTheFirstRun() {
        assertThat(text.lines(empty()))
                .containsExactly(
                        "bank   freshness unknown: no table is being applied",
                        "capture  never ran",
                        "slice    none sealed yet",
                        "",
                        "No tables yet: 'tidemark run' takes up those that the configuration selects.");
    }

    @Test
    void tellsSpeedsOnceItHasSeenTwoStatuses() {
        text.lines(running(NOW, 500, live("accounts")));

        assertThat(text.lines(running(NOW.plusSeconds(2), 2_500, live("accounts"))))
                .contains("capture  running, 1,000 events/s, 42 events in the open slice");
    }

    @Test
    void showsWhatNeedsAttentionFirstWhenThereIsRoomForFewTables() {
        List<String> lines = text.lines(running(NOW, 0, live("a"), live("b"), failed("c"), loading("d", 1)), 2);

        assertThat(lines).anyMatch(line -> line.startsWith("public.c"));
        assertThat(lines).anyMatch(line -> line.startsWith("public.d"));
        assertThat(lines).noneMatch(line -> line.startsWith("public.a"));
        assertThat(lines).contains("... and 2 more tables");
    }

    @Test
    void fitsOnOneLineForLogs() {
        assertThat(text.line(running(NOW, 500, live("accounts"), loading("big", 1_000))))
                .isEqualTo("freshness=1.2 s events=24690 slice=7 loading=1 live=1"
                        + " load.public.big=25%, 1,000 rows, 500/s, about 6.0 s left");
    }

    @Test
    void isWrittenAsJsonWithEveryField() {
        String json = JsonText.line(StatusJson.of(running(NOW, 500, live("accounts"), failed("odd"))));

        assertThat(json)
                .startsWith("{\"pipeline\":\"bank\",\"at\":\"2026-11-20T08:31:10Z\",\"freshnessMillis\":1234,"
                        + "\"capture\":{\"running\":true,")
                .contains("\"source\":{\"position\":\"1/0\",\"acknowledged\":\"0/0\",\"retainedBytes\":5242880,")
                .contains("{\"schema\":\"public\",\"name\":\"accounts\",\"state\":\"live\",")
                .contains("\"code\":\"SOURCE_VALUE\",\"reason\":\"Cannot carry column amount\"")
                .contains("\"newestCut\":{\"slice\":7,\"position\":\"0/19\",\"at\":\"2026-11-20T08:31:08Z\"}");
        assertThat(JsonText.line(StatusJson.of(empty())))
                .contains("\"freshnessMillis\":null,\"capture\":null,\"source\":null");
    }
}
