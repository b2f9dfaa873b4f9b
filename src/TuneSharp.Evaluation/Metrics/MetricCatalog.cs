using TuneSharp.Evaluation.Answers;
using TuneSharp.Evaluation.Bleu;
using TuneSharp.Evaluation.ChrF;
using TuneSharp.Evaluation.Distances;
using TuneSharp.Evaluation.Diversity;
using TuneSharp.Evaluation.Rouge;
using TuneSharp.Evaluation.Texts;
using TuneSharp.Evaluation.TranslationEdits;

namespace TuneSharp.Evaluation.Metrics;

/// <summary>Every measure of generated answers, by its name.</summary>
public static class MetricCatalog
{
    public static IReadOnlyList<Metric> All { get; } =
    [
        OfRows("exact_match", "The same text, white space at both ends aside.", "文本完全相同（忽略首尾空白）。", ["em", "accuracy"], (row, _) => row.References.Any(reference => ExactMatch.Agrees(row.Answer, reference)) ? 1 : 0),
        OfRows("f1", "F1 of the words, or Chinese characters, that answer and reference share.", "回答与参考共有的词（中文为字）的 F1。", ["token_f1"], (row, _) => TokenF1.Score(row.Answer, row.References)),
        OfRows("squad_em", "Exact match after SQuAD's normalisation: no case, punctuation, articles.", "按 SQuAD 规范化后的精确匹配。", [], (row, _) => SquadScore.Exact(row.Answer, row.References)),
        OfRows("squad_f1", "F1 of the words after SQuAD's normalisation.", "按 SQuAD 规范化后的词 F1。", [], (row, _) => SquadScore.F1(row.Answer, row.References)),
        Rouge(),
        new("bleu", "BLEU of the corpus as sacreBLEU computes it (13a; zh for Chinese).", "按 sacreBLEU 计算的语料 BLEU（英文 13a，中文 zh）。", [new("bleu", MetricScale.Hundred)],
            (rows, language) => [new SacreBleu(Bleu(Of(rows, language))).Corpus(Answers(rows), References(rows)).Score],
            (row, language) => new SacreBleu(Bleu(Of(row, language)) with { EffectiveOrder = true }).Sentence(row.Answer, row.References).Score) { Aliases = ["sacrebleu"] },
        OfRows("bleu_4", "LLaMA-Factory's BLEU-4: mean over rows, characters, NLTK's smoothing method 3.", "LLaMA-Factory 的 BLEU-4：逐行平均，按字，NLTK 平滑方法 3。", ["bleu4"],
            (row, _) => NltkBleu.Sentence([.. row.References.Select(CodePoints.Of)], CodePoints.Of(row.Answer), 3)),
        OfChrF("chrf", "chrF of the corpus: F2 of character n-grams.", "语料 chrF：字符 n 元组的 F2。", new ChrFOptions()),
        OfChrF("chrf++", "chrF++ of the corpus: characters and words.", "语料 chrF++：字符与词。", new ChrFOptions(WordOrder: 2)),
        new("ter", "Translation edit rate of the corpus: edits and shifts per word of the reference.", "语料翻译编辑率：每个参考词的编辑与移位数。", [new("ter", MetricScale.Hundred, HigherIsBetter: false)],
            (rows, language) => [new TerScorer(Ter(Of(rows, language))).Corpus(Answers(rows), References(rows)).Score],
            (row, language) => new TerScorer(Ter(Of(row, language))).Sentence(row.Answer, row.References).Score),
        ErrorRates("wer", "Word error rate against the first reference.", "相对首个参考的词错误率。", ErrorRate.OfWords),
        ErrorRates("cer", "Character error rate against the first reference.", "相对首个参考的字错误率。", ErrorRate.OfCharacters),
        new("distinct", "Different words and word pairs over all of them: how varied the answers are together.", "不同的词及词对所占比例：所有回答整体的多样性。", [new("distinct_1", HigherIsBetter: null), new("distinct_2", HigherIsBetter: null)],
            (rows, language) => [TextDiversity.Distinct(Units(rows, language), 1), TextDiversity.Distinct(Units(rows, language), 2)], null) { Aliases = ["distinct_n", "diversity"] },
        new("repetition", "Share of four-word runs that an answer has said before.", "回答中重复出现的四词串比例。", [new("repetition_4", HigherIsBetter: false)],
            (rows, language) => [TextDiversity.MeanRepetition(Units(rows, language), 4)],
            (row, language) => TextDiversity.MeanRepetition(Units([row], language), 4)),
        new("entropy", "Entropy of the words of all answers, in bits.", "所有回答的词熵（比特）。", [new("entropy_bits", MetricScale.Plain, HigherIsBetter: null)],
            (rows, language) => [TextDiversity.EntropyBits(Units(rows, language))], null),
        new("length", "Words, or Chinese characters, of an answer on average.", "回答的平均词数（中文为字数）。", [new("length", MetricScale.Plain, HigherIsBetter: null)],
            (rows, language) => [Units(rows, language).Average(units => units.Count)], (row, language) => Units([row], language)[0].Count),
    ];

    /// <summary>By name or alias; null if there is none.</summary>
    public static Metric? Find(string name) => All.FirstOrDefault(metric => metric.Name == name || metric.Aliases.Contains(name));

    /// <summary>Names and aliases.</summary>
    public static IEnumerable<string> Names => All.SelectMany(metric => metric.Aliases.Prepend(metric.Name));

    /// <summary>The language that <see cref="TextLanguage.Auto"/> stands for with these references.</summary>
    public static TextLanguage LanguageOf(IEnumerable<string> references) => Han.Prevails(references) ? TextLanguage.Chinese : TextLanguage.English;

    // A measure of single rows looks at each row's own references, one of a corpus at all of them: its counts are added up.
    private static TextLanguage Of(ScoredAnswer row, TextLanguage language) => language == TextLanguage.Auto ? LanguageOf(row.References) : language;

    private static TextLanguage Of(IReadOnlyList<ScoredAnswer> rows, TextLanguage language) => language == TextLanguage.Auto ? LanguageOf(rows.SelectMany(row => row.References)) : language;

    private static Metric OfRows(string name, string description, string chinese, string[] aliases, Func<ScoredAnswer, TextLanguage, double> score) =>
        new(name, description, chinese, [new(name)], (rows, language) => [rows.Average(row => score(row, language))], score) { Aliases = aliases };

    // rouge_score with stemming for words; rouge_chinese over characters, where Lsum is not defined, for Chinese.
    private static Metric Rouge() => new("rouge", "ROUGE-1, -2, -L: n-grams and longest common subsequence shared with the reference (F).", "ROUGE-1、-2、-L：与参考共有的 n 元组及最长公共子序列（F 值）。",
        [new("rouge1"), new("rouge2"), new("rougeL"), new("rougeLsum")],
        (rows, language) =>
        {
            double[][] each = [.. rows.Select(row => RougeOf(row, language))];
            return [.. Enumerable.Range(0, 4).Select(i => each.Average(one => one[i]))];
        },
        (row, language) => RougeOf(row, language)[2])
    { Aliases = ["rouge_l", "rougel"] };

    private static double[] RougeOf(ScoredAnswer row, TextLanguage language)
    {
        if (Of(row, language) == TextLanguage.Chinese)
        {
            ChineseRougeScores[] each = [.. row.References.Select(reference => ChineseRouge.Score(row.Answer, reference))];
            double longest = each.Max(score => score.RougeL.FMeasure);
            return [each.Max(score => score.Rouge1.FMeasure), each.Max(score => score.Rouge2.FMeasure), longest, longest];
        }
        RougeScores best = EnglishRouge.ScoreBest(row.Answer, row.References);
        return [best.Rouge1.FMeasure, best.Rouge2.FMeasure, best.RougeL.FMeasure, best.RougeLsum.FMeasure];
    }

    private static BleuOptions Bleu(TextLanguage language) => new(language == TextLanguage.Chinese ? BleuTokenization.Chinese : BleuTokenization.V13a);

    private static TerOptions Ter(TextLanguage language) => language == TextLanguage.Chinese ? new TerOptions(Normalized: true, AsianSupport: true) : new TerOptions();

    private static Metric OfChrF(string name, string description, string chinese, ChrFOptions options) => new(name, description, chinese, [new(name, MetricScale.Hundred)],
        (rows, _) => [new ChrFScorer(options).Corpus(Answers(rows), References(rows))], (row, _) => new ChrFScorer(options).Sentence(row.Answer, row.References));

    private static Metric ErrorRates(string name, string description, string chinese, Func<string, string, ErrorRate> compare) => new(name, description, chinese, [new(name, HigherIsBetter: false)],
        (rows, _) => [rows.Select(row => compare(row.References[0], row.Answer)).Aggregate((a, b) => a + b).Rate], (row, _) => compare(row.References[0], row.Answer).Rate);

    private static string[] Answers(IReadOnlyList<ScoredAnswer> rows) => [.. rows.Select(row => row.Answer)];

    private static IReadOnlyList<string>[] References(IReadOnlyList<ScoredAnswer> rows) => [.. rows.Select(row => row.References)];

    private static IReadOnlyList<string>[] Units(IReadOnlyList<ScoredAnswer> rows, TextLanguage language) =>
        [.. rows.Select(row => Of(row, language) == TextLanguage.Chinese ? Han.Units(row.Answer) : PythonText.Split(row.Answer))];
}
