package io.tidemark.cli.view;

import static io.tidemark.cli.view.StatusFixture.NOW;
import static io.tidemark.cli.view.StatusFixture.failed;
import static io.tidemark.cli.view.StatusFixture.live;
import static io.tidemark.cli.view.StatusFixture.loading;
import static io.tidemark.cli.view.StatusFixture.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.cli.output.Capture;
import io.tidemark.engine.status.PipelineStatus;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LiveViewTest {
    @Test
    void printsALineWhenATableChangesItsStateElsewhereThanOnATerminal() {
        Capture capture = Capture.piped();
        AtomicReference<PipelineStatus> status = new AtomicReference<>(running(NOW, 0, loading("accounts", 10)));
        try (LiveView view = LiveView.start(capture.asTerminal(), status::get)) {
            await().until(() -> capture.out().contains("slice=7"));
            status.set(running(NOW, 0, failed("accounts")));
            await().until(() -> capture.out().contains("state=failed"));
            view.note("a note");
        }

        assertThat(capture.out()).doesNotContain("\u001b");
        assertThat(capture.out().lines().filter(line -> line.contains(" table=")))
                .containsExactly(
                        "2026-11-20T08:31:10Z table=public.accounts state=loading rows=1000000",
                        "2026-11-20T08:31:10Z table=public.accounts state=failed rows=1000000 code=SOURCE_VALUE"
                                + " reason=\"Cannot carry column amount\" remedy=\"Map it to string.\"");
        assertThat(capture.out()).contains("\na note\n");
    }

    @Test
    void drawsAPictureInPlaceOnATerminalWithLogsAboveIt() {
        Capture capture = Capture.terminal(80);
        PrintStream before = System.err;
        try (LiveView view = LiveView.start(capture.asTerminal(), () -> running(NOW, 0, live("accounts")))) {
            await().until(() -> capture.out().contains("public.accounts"));
            System.err.println("logged meanwhile");
            await().until(() -> capture.out().contains("logged meanwhile"));
            view.note("a note");
        }

        assertThat(System.err).isSameAs(before);
        List<String> screen = VirtualScreen.after(capture.out());
        assertThat(screen.indexOf("logged meanwhile")).isZero();
        assertThat(screen.indexOf("a note")).isEqualTo(1);
        assertThat(screen.stream().filter(line -> line.startsWith("public.accounts")))
                .hasSize(1);
        assertThat(screen).contains("bank   freshness 1.2 s");
    }

    @Test
    void staysInsideTheScreen() {
        Capture capture = Capture.terminal(40);
        PipelineStatus.TableStatus[] tables = new PipelineStatus.TableStatus[100];
        for (int i = 0; i < tables.length; i++) {
            tables[i] = i < 10 ? failed("a_table_with_quite_a_long_name_" + i) : live("t" + i);
        }
        try (LiveView view = LiveView.start(capture.asTerminal(), () -> running(NOW, 0, tables))) {
            await().until(() -> capture.out().contains("public."));
            view.note("up");
        }

        List<String> screen = VirtualScreen.after(capture.out());
        assertThat(screen).hasSizeLessThanOrEqualTo(24);
        assertThat(screen).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(40));
    }

    @Test
    void goesOnWhenAStatusCannotBeRead() {
        Capture capture = Capture.piped();
        AtomicInteger calls = new AtomicInteger();
        try (LiveView view = LiveView.start(capture.asTerminal(), () -> {
            if (calls.incrementAndGet() == 1) {
                throw new TidemarkException(ErrorCode.METASTORE_UNAVAILABLE, "Cannot read: busy");
            }
            return running(NOW, 0, live("accounts"));
        })) {
            await().until(() -> capture.out().contains("state=live"));
            assertThat(view).isNotNull();
        }

        assertThat(capture.out()).startsWith("no status: Cannot read: busy\n");
    }
}
