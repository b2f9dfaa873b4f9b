using System.CommandLine;
using TuneSharp.Application.Chatting;
using TuneSharp.Application.Measuring;
using TuneSharp.Application.Models;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Rendering;
using TuneSharp.Cli.Texts;
using TuneSharp.Models.Settings;

namespace TuneSharp.Cli.Commands;

/// <summary><c>tunesharp chat MODEL|RUN [--adapter A …]</c></summary>
internal static class ChatCommand
{
    public static Command Create(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var model = new Argument<string>("MODEL") { Description = words[ChatTexts.Model] };
        var adapter = new Option<string[]>("--adapter") { Description = words[ChatTexts.Adapter], HelpName = "ADAPTER" };
        var system = new Option<string?>("--system") { Description = words[ChatTexts.System], HelpName = "TEXT" };
        var threads = new Option<int?>("--threads") { Description = words[EvalTexts.Threads], HelpName = "N" };
        var command = new DocumentedCommand("chat", words[ChatTexts.Summary])
        {
            Details = [words[ChatTexts.Details], words[ChatTexts.Sampling], words[ChatTexts.Piped]],
            Examples =
            [
                new("chat first", words[ChatTexts.ExampleRun]),
                new("chat models/my-model --temperature 0 --max_new_tokens 200", words[ChatTexts.ExampleOptions]),
                new("chat models/my-model --adapter tone=runs/a/adapter --adapter facts=runs/b/adapter@0.5", words[ChatTexts.ExampleAdapters]),
                new("chat first < question.txt", words[ChatTexts.ExamplePiped]),
            ],
        };
        command.Add(model);
        command.Add(adapter);
        command.Add(system);
        SettingOptions settings = SettingOptions.AddTo<ChatRequest>(command, words, "temperature", "top_k", "top_p", "min_p", "repetition_penalty", "presence_penalty", "frequency_penalty", "bad_words", "num_beams", "logprobs", "stop", "max_new_tokens", "seed");
        command.Add(threads);
        command.SetAction((parsed, cancellation) =>
        {
            HomeFolder home = global.HomeOf(parsed, host);
            ChatRequest request = RecipeBinder.Bind<ChatRequest>(new RecipeMap([], "command line"), settings.Read<ChatRequest>(parsed)).Request;
            request.Sampling.Validate();
            ModelReference reference = ModelReference.ResolveWith(home, parsed.GetValue(model)!, parsed.GetValue(adapter) ?? []);
            using LoadedModel loaded = LoadedModel.Load(reference, new ModelSettings(), parsed.GetValue(threads));
            using var session = new ChatSession(loaded, parsed.GetValue(system) ?? TrainedForm.Of(reference)?.Data.System, request.Sampling, host.Clock);
            new ChatLoop(host, session).Run(reference.Name, cancellation);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
