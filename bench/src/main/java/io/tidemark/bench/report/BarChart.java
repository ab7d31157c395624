package io.tidemark.bench.report;

import io.tidemark.bench.contest.Check;
import io.tidemark.bench.contest.Result;
import io.tidemark.bench.contest.Series;
import io.tidemark.bench.contest.Side;
import java.util.Locale;

/** A bar for each contender, its median as length, with a line from the least to the greatest run. SVG 1.1, readable on light and dark pages. */
final class BarChart {
    private static final int WIDTH = 760;
    private static final int LABELS = 230;
    private static final int FIGURES = 130;
    private static final int ROW = 34;
    private static final int BAR = 20;

    private final Result result;

    BarChart(Result result) {
        this.result = result;
    }

    String text() {
        int height = ROW * result.series().size() + ROW;
        double most = result.series().stream()
                .mapToDouble(Series::mostPerSecond)
                .max()
                .orElseThrow();
        double scale = (WIDTH - LABELS - FIGURES) / most;
        StringBuilder svg = new StringBuilder(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\" role=\"img\">%n",
                WIDTH, height));
        svg.append(format("<title>%s</title>%n", escaped(result.title())));
        svg.append(format("<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#ffffff\"/>%n", WIDTH, height));
        int y = ROW / 2;
        for (Series series : result.series()) {
            int middle = y + BAR / 2;
            double end = LABELS + series.medianPerSecond() * scale;
            svg.append(format(
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#222222\">%s</text>%n",
                    LABELS - 10, middle + 4, escaped(series.contender())));
            svg.append(format(
                    "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"/>%n",
                    LABELS, y, Math.max(1, series.medianPerSecond() * scale), BAR, colour(series.side())));
            svg.append(format(
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#222222\" stroke-width=\"1.5\"/>%n",
                    LABELS + series.leastPerSecond() * scale, middle, LABELS + series.mostPerSecond() * scale, middle));
            svg.append(format(
                    "<text x=\"%.1f\" y=\"%d\" fill=\"#222222\">%s %s/s</text>%n",
                    Math.max(end, LABELS + series.mostPerSecond() * scale) + 8,
                    middle + 4,
                    Check.figure(series.medianPerSecond()),
                    escaped(series.unit())));
            y += ROW;
        }
        return svg.append("</svg>\n").toString();
    }

    private static String colour(Side side) {
        return switch (side) {
            case LIMIT -> "#b8bec6";
            case TIDEMARK -> "#0b7a75";
            case PEER -> "#d98e32";
        };
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
