using TuneSharp.Data.Corpus.Grammars;
using TuneSharp.Data.Corpus.SmallWorld;
using TuneSharp.Formats;

namespace TuneSharp.Data.Corpus.NoticeBoard;

/// <summary>
/// The dataset of the quickstart (<c>datasets/notice-board</c>): a short passage in the small world's words, a request to
/// put one of its persons on the notice board, and the notice in a house style that the corpus never shows. English and
/// Chinese rows take turns. The same seed gives the same rows on every machine.
/// </summary>
public static class NoticeBoardDataset
{
    /// <summary>The seed of the files in <c>datasets/notice-board</c>.</summary>
    public const ulong Seed = 20_264;

    /// <summary>How many rows <c>train.jsonl</c> holds.</summary>
    public const int NumTrainingRows = 600;

    /// <summary>How many rows <c>validation.jsonl</c> holds.</summary>
    public const int NumValidationRows = 60;

    /// <summary>The rows for training and for validation; no passage and no notice occurs twice in them.</summary>
    /// <exception cref="InvalidInputException">A count is below 1.</exception>
    public static (IReadOnlyList<NoticeBoardRow> Train, IReadOnlyList<NoticeBoardRow> Validation) Generate(
        ulong seed = Seed, int numTrainingRows = NumTrainingRows, int numValidationRows = NumValidationRows)
    {
        if (numTrainingRows < 1 || numValidationRows < 1)
            throw new InvalidInputException("The notice board needs at least one row for training and one for validation.");
        var rows = Distinct(seed).Take(numTrainingRows + numValidationRows).ToList();
        return (rows[numValidationRows..], rows[..numValidationRows]);
    }

    private static IEnumerable<NoticeBoardRow> Distinct(ulong seed)
    {
        SmallWorldLanguage[] languages = [SmallWorldLanguage.English("English.board.txt"), SmallWorldLanguage.Chinese("Chinese.board.txt")];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int count = 0;
        for (ulong stream = 0; ; stream++)
        {
            var row = Draw(languages[count % 2], new Pcg32(seed, stream));
            if (!seen.Add(row.Passage) || !seen.Add(row.Answer))
                continue;
            count++;
            yield return row;
        }
    }

    private static NoticeBoardRow Draw(SmallWorldLanguage language, Pcg32 random)
    {
        var expansion = new GrammarExpansion(language.Grammar, language.Morphology, random);
        bool first = random.Below(2) == 0;
        string[] facts = first ? ["A", "X", "P"] : ["B", "Y", "Q"];
        var turns = CorpusScript.Read(expansion.Expand(first ? "board.first" : "board.second")).Messages!;
        return new NoticeBoardRow(turns[0].Content, turns[1].Content, [.. facts.Select(variable => expansion.WordOf(variable).Forms[""])]);
    }
}
