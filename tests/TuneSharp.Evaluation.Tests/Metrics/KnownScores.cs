using TuneSharp.Evaluation.Answers;
using TuneSharp.Evaluation.Bleu;
using TuneSharp.Evaluation.ChrF;
using TuneSharp.Evaluation.Distances;
using TuneSharp.Evaluation.Rouge;
using TuneSharp.Evaluation.Texts;
using TuneSharp.Evaluation.TranslationEdits;

namespace TuneSharp.Evaluation.Tests.Metrics;

/// <summary>Scores that can be counted by hand.</summary>
public sealed class KnownScores
{
    [Fact]
    public void Rouge_CountedByHand()
    {
        RougeScores scores = EnglishRouge.Score("the cat sat on the mat", "the cat is on the mat");
        scores.Rouge1.FMeasure.ShouldBe(5.0 / 6, 1e-12);
        scores.Rouge2.FMeasure.ShouldBe(3.0 / 5, 1e-12);
        scores.RougeL.Recall.ShouldBe(5.0 / 6, 1e-12);
        EnglishRouge.Score("running quickly", "runs quickly").Rouge1.FMeasure.ShouldBe(1, 1e-12);
        EnglishRouge.Score("running quickly", "runs quickly", stem: false).Rouge1.FMeasure.ShouldBe(0.5, 1e-12);
        EnglishRouge.Score("", "anything").RougeLsum.FMeasure.ShouldBe(0);
    }

    [Fact]
    public void RougeLsum_TakesLinesTogether()
    {
        RougeScores scores = EnglishRouge.Score("b c\na", "a\nb c");
        scores.RougeLsum.FMeasure.ShouldBe(1, 1e-12);
        scores.RougeL.FMeasure.ShouldBe(2.0 / 3, 1e-12);
    }

    [Theory]
    [InlineData("caresses", "caress")]
    [InlineData("ponies", "poni")]
    [InlineData("relational", "relat")]
    [InlineData("conditional", "condit")]
    [InlineData("hopping", "hop")]
    [InlineData("falling", "fall")]
    [InlineData("filing", "file")]
    [InlineData("happy", "happi")]
    [InlineData("sky", "sky")]
    [InlineData("dying", "die")]
    [InlineData("probate", "probat")]
    [InlineData("controll", "control")]
    [InlineData("adjustable", "adjust")]
    public void Porter_AsPublished(string word, string stem) => PorterStemmer.Stem(word).ShouldBe(stem);

    [Fact]
    public void ChineseRouge_SetsAndSubsequence()
    {
        ChineseRougeScores scores = ChineseRouge.Score(["的", "的", "的", "的"], ["的"]);
        scores.Rouge1.FMeasure.ShouldBe(0.999999995, 1e-12);
        scores.RougeL.Precision.ShouldBe(0.25);
        ChineseRouge.Score("我们去公园", "我们在公园").RougeL.Recall.ShouldBe(0.8, 1e-12);
    }

    [Fact]
    public void Bleu_BrevityPenaltyAndSmoothing()
    {
        var bleu = new SacreBleu(new BleuOptions());
        bleu.Corpus(["the cat sat on the mat"], [["the cat sat on the mat"]]).Score.ShouldBe(100, 1e-9);
        BleuScore half = bleu.Corpus(["a b c d"], [["a b c d e f g h"]]);
        half.Score.ShouldBe(100 * Math.Exp(-1), 1e-9);
        half.ToString().ShouldBe("BLEU = 36.79 100.0/100.0/100.0/100.0 (BP = 0.368 ratio = 0.500 hyp_len = 4 ref_len = 8)");
        NltkBleu.Sentence([["x"]], ["x"], 3).ShouldBe(Math.Pow(1.0 / 64, 0.25), 1e-12);
        new BleuOptions(Smoothing: BleuSmoothing.Floor).Signature(2).ShouldBe("nrefs:2|case:mixed|eff:no|tok:13a|smooth:floor[0.10]|version:2.6.0");
    }

    [Fact]
    public void ChrF_And_Ter_CountedByHand()
    {
        new ChrFScorer(new ChrFOptions(CharacterOrder: 1, Beta: 1)).Sentence("abcd", ["abxy"]).ShouldBe(50, 1e-9);
        var ter = new TerScorer(new TerOptions());
        ter.Sentence("b c a", ["a b c"]).NumEdits.ShouldBe(1, "one shift");
        ter.Sentence("a x c", ["a b c"]).Score.ShouldBe(100.0 / 3, 1e-9);
    }

    [Fact]
    public void Distances_CountedByHand()
    {
        EditDistance.Levenshtein("kitten".ToCharArray(), "sitting".ToCharArray()).ShouldBe(3);
        EditDistance.OptimalStringAlignment("ca".ToCharArray(), "abc".ToCharArray()).ShouldBe(3);
        EditDistance.Damerau("ca".ToCharArray(), "abc".ToCharArray()).ShouldBe(2);
        ErrorRate words = ErrorRate.OfWords("the cat sat on the mat", "the cat sit on mat");
        (words.Hits, words.Substitutions, words.Deletions, words.Insertions).ShouldBe((4, 1, 1, 0));
        PassAtK.Of(10, 3, 5).ShouldBe(0.9166666666666666, 1e-12);
    }

    [Fact]
    public void TokenF1_AndSquad()
    {
        TokenF1.Score("约3000公里", ["3000 公里"]).ShouldBe(2 * 0.75 / 1.75, 1e-12);
        SquadScore.Normalize("The  U.S.A., a land").ShouldBe("usa land");
        SquadScore.F1("", [""]).ShouldBe(1);
    }

    [Theory]
    [InlineData(0.125, 2, "0.12")]
    [InlineData(0.375, 2, "0.38")]
    [InlineData(2.5, 0, "2")]
    [InlineData(99.995, 2, "100.00")]
    [InlineData(-0.0, 1, "-0.0")]
    [InlineData(1e-320, 3, "0.000")]
    public void Numbers_RoundAsPython(double value, int digits, string text) => PythonNumber.Fixed(value, digits).ShouldBe(text);
}
