using TuneSharp.Data.Corpus;
using TuneSharp.Data.Corpus.SmallWorld;
using TuneSharp.Formats;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.Tests.Corpus;

public class SmallWorldExamplesTests
{
    private static readonly SmallWorldCorpusOptions Options = new() { NumDocuments = 400 };
    private static readonly Lazy<Tokenizer> Small = new(() => SmallWorldTokenizer.Train(Options, 1_024));

    [Fact]
    public void A_running_text_is_learnt_whole_and_ends()
    {
        var row = SmallWorldExamples.Render(Small.Value, [CorpusDocument.OfText("Mia has a kite. <|user|>")])[0];

        row.Labels.ShouldBe(row.InputIds);
        row.InputIds[^1].ShouldBe(Small.Value.TokenToId("<|end|>")!.Value);
        row.InputIds.ShouldNotContain(Small.Value.TokenToId("<|user|>")!.Value, "Special tokens in a text are plain text.");
        Small.Value.Decode(row.InputIds.AsSpan(0, row.InputIds.Length - 1)).ShouldBe(" Mia has a kite. <|user|>");
    }

    [Fact]
    public void Of_a_conversation_only_the_answers_are_learnt()
    {
        CorpusMessage[] turns = [new("system", "Be kind."), new("user", "Who?"), new("assistant", "Mia."), new("user", "Where?"), new("assistant", "Here.")];

        var row = SmallWorldExamples.Render(Small.Value, [CorpusDocument.OfMessages(turns)])[0];

        Small.Value.Decode(row.InputIds, skipSpecialTokens: false).ShouldBe("<|system|> Be kind.<|end|><|user|> Who?<|end|><|assistant|> Mia.<|end|><|user|> Where?<|end|><|assistant|> Here.<|end|>");
        Small.Value.Decode([.. row.Labels.Where(l => l != TrainingExample.Ignored)], skipSpecialTokens: false).ShouldBe(" Mia.<|end|> Here.<|end|>");
        for (int i = 0; i < row.Labels.Length; i++)
            row.Labels[i].ShouldBeOneOf(TrainingExample.Ignored, row.InputIds[i]);
    }

    // What the model is pre-trained on is what the chat template makes of a conversation at any later time.
    [Fact]
    public void Conversations_are_rendered_as_the_chat_template_does()
    {
        string folder = Directory.CreateTempSubdirectory("tunesharp-examples").FullName;
        try
        {
            Small.Value.Save(folder);
            var template = ChatTemplate.FromFolder(folder).ShouldNotBeNull();
            foreach (var document in SmallWorldCorpus.Generate(Options).Where(d => d.Messages is not null).Take(100))
            {
                var rendered = template.Render(new ChatTemplateInput([.. document.Messages!.Select(m => new ChatMessage(m.Role, m.Content))]));

                Small.Value.EncodeIds(rendered.Text).ShouldBe(SmallWorldExamples.Render(Small.Value, [document])[0].InputIds);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Validation_rows_are_other_documents()
    {
        var (train, validation) = SmallWorldExamples.Prepare(Small.Value, Options, 50);

        train.Count.ShouldBe(400);
        validation.Count.ShouldBe(50);
        var seen = train.Select(r => string.Join(' ', r.InputIds)).ToHashSet();
        validation.Count(r => r.Length > 40 && seen.Contains(string.Join(' ', r.InputIds))).ShouldBeLessThan(5, "Hand-written pieces may come again, nothing else.");
        SmallWorldExamples.Prepare(Small.Value, Options, 0).Validation.ShouldBeEmpty();
    }

    [Fact]
    public void A_foreign_tokenizer_is_refused()
    {
        var foreign = ByteLevelBpeTrainer.Train(["a b c"], new BpeTrainerOptions { VocabularySize = 300 });

        Should.Throw<InvalidInputException>(() => SmallWorldExamples.Prepare(foreign, Options)).Message.ShouldContain("has no token '<|end|>'");
    }
}
