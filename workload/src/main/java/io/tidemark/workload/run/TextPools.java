package io.tidemark.workload.run;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Function;
import net.datafaker.Faker;

/** Realistic text in several languages, made once from a seed so that a row costs array look-ups only. */
public final class TextPools {
    private static final int NAMES = 4_000;
    private static final int CITIES = 1_000;
    private static final int COMPANIES = 2_000;
    private static final int NOTES = 4_000;
    private static final int BODIES = 64;
    private static final int BODY_CHARACTERS_MIN = 9_000;
    private static final int BODY_CHARACTERS_SPREAD = 5_000;
    private static final List<Locale> LANGUAGES =
            List.of(Locale.ENGLISH, Locale.GERMAN, Locale.forLanguageTag("pl"), Locale.JAPANESE);
    private static final List<String> REASONS = List.of(
            "Payment for", "Refund:", "Invoice,", "Standing order:", "Rechnung für", "Gebühr –", "Zwrot za", "振込");

    private final String[] names;
    private final String[] cities;
    private final String[] companies;
    private final String[] notes;
    private final String[] bodies;

    private TextPools(long seed) {
        Random random = new Random(seed);
        List<Faker> fakers =
                LANGUAGES.stream().map(language -> new Faker(language, random)).toList();
        names = pool(NAMES, fakers, faker -> faker.name().fullName());
        cities = pool(CITIES, fakers, faker -> faker.address().city());
        companies = pool(COMPANIES, fakers, faker -> faker.company().name());
        Faker english = fakers.get(0);
        notes = new String[NOTES];
        for (int i = 0; i < NOTES; i++) {
            notes[i] = REASONS.get(random.nextInt(REASONS.size())) + " "
                    + english.commerce().productName() + " " + (1_000 + random.nextInt(9_000_000));
        }
        bodies = new String[BODIES];
        for (int i = 0; i < BODIES; i++) {
            bodies[i] = body(random);
        }
    }

    /** The pools of a seed; takes about a second. */
    public static TextPools of(long seed) {
        return new TextPools(seed);
    }

    public String[] names() {
        return names;
    }

    public String[] cities() {
        return cities;
    }

    public String[] companies() {
        return companies;
    }

    public String[] notes() {
        return notes;
    }

    /** A text of 9,000 to 14,000 characters, which Postgres stores outside the row. */
    public String body(SplittableRandom random) {
        return pick(bodies, random) + Long.toHexString(random.nextLong());
    }

    public static <T> T pick(T[] pool, SplittableRandom random) {
        return pool[random.nextInt(pool.length)];
    }

    private String body(Random random) {
        int length = BODY_CHARACTERS_MIN + random.nextInt(BODY_CHARACTERS_SPREAD);
        StringBuilder text = new StringBuilder(length + 200);
        while (text.length() < length) {
            text.append(notes[random.nextInt(NOTES)])
                    .append(" — ")
                    .append(companies[random.nextInt(COMPANIES)])
                    .append(".\n");
        }
        return text.toString();
    }

    private static String[] pool(int size, List<Faker> fakers, Function<Faker, String> text) {
        String[] pool = new String[size];
        for (int i = 0; i < size; i++) {
            pool[i] = text.apply(fakers.get(i % fakers.size()));
        }
        return pool;
    }
}
