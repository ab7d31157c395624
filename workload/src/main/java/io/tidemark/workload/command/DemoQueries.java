package io.tidemark.workload.command;

import io.tidemark.cli.Session;
import io.tidemark.cli.output.Human;
import io.tidemark.cli.output.ResultFormat;
import io.tidemark.engine.query.Queries;
import io.tidemark.spi.query.ResultVisitor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks the lake questions. */
final class DemoQueries {
    /**
     * A question.
     *
     * @param title what is asked
     * @param sql the query, in lines
     */
    record Question(String title, List<String> sql) {
        Question {
            sql = List.copyOf(sql);
        }
    }

    /**
     * An answer.
     *
     * @param question what was asked
     * @param rows rows of the result
     * @param took from asking to the last row
     */
    record Answer(Question question, long rows, Duration took) {}

    private final Session session;
    private final Steps steps;

    DemoQueries(Session session, Steps steps) {
        this.session = session;
        this.steps = steps;
    }

    /** Asks one question and prints question, answer and time. */
    Answer ask(Question question, Queries queries) {
        boolean told = !session.isJson();
        if (told) {
            steps.heading(question.title());
            question.sql().forEach(line -> steps.say("  " + line));
            steps.say("");
        }
        List<List<@Nullable Object>> rows = new ArrayList<>();
        List<List<String>> header = new ArrayList<>();
        long start = System.nanoTime();
        queries.run(String.join("\n", question.sql()), Optional.empty(), new ResultVisitor() {
            @Override
            public void columns(List<String> names, List<String> types) {
                header.add(names);
                header.add(types);
            }

            @Override
            public void row(List<@Nullable Object> values) {
                rows.add(new ArrayList<>(values));
            }
        });
        Answer answer = new Answer(question, rows.size(), Duration.ofNanos(System.nanoTime() - start));
        if (told) {
            // Printed afterwards, so that the time is the engine's and not the terminal's.
            ResultFormat.ResultWriter writer = ResultFormat.TABLE.writer(session.terminal());
            writer.columns(header.get(0), header.get(1));
            rows.forEach(writer::row);
            writer.finish();
            steps.say("answered in " + Human.duration(answer.took()));
        }
        return answer;
    }

    static List<Map<String, @Nullable Object>> json(List<Answer> answers) {
        return answers.stream()
                .map(answer -> {
                    Map<String, @Nullable Object> json = new LinkedHashMap<>();
                    json.put("sql", String.join(" ", answer.question().sql()).replaceAll(" +", " "));
                    json.put("rows", answer.rows());
                    json.put("millis", answer.took().toMillis());
                    return json;
                })
                .toList();
    }
}
