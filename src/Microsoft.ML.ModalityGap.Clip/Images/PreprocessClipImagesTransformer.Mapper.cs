using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

public sealed partial class PreprocessClipImagesTransformer
{
    /// <summary>The transformer bound to a schema: makes the getters of the output columns.</summary>
    private sealed class Mapper : MapperBase
    {
        private const int Pixels = 0;
        private const int Valid = 1;

        private readonly PreprocessClipImagesTransformer _parent;
        private readonly DataViewSchema.Column _input;

        internal Mapper(PreprocessClipImagesTransformer parent, DataViewSchema schema)
            : base(parent.Host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _input = ClipImageColumn.Find(Host, schema, parent.InputColumnName);
        }

        /// <summary>Both columns of a row come from one reader, so that an image is decoded once.</summary>
        public override Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            var getters = new Delegate[_parent.ValidColumnName is null ? 1 : 2];
            disposer = null;
            if (!Enumerable.Range(0, getters.Length).Any(activeOutput))
                return getters;

            var reader = new ClipImageRowReader(Host, input, _input, _parent.Options);
            disposer = reader.Finish;
            for (var i = 0; i < getters.Length; i++)
            {
                if (activeOutput(i))
                    getters[i] = MakeGetter(reader, i);
            }

            return getters;
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            var preprocessing = _parent.Options.Preprocessing;
            var pixels = new DataViewSchema.DetachedColumn(
                _parent.OutputColumnName,
                preprocessing.ChannelsLast
                    ? new VectorDataViewType(NumberDataViewType.Single, preprocessing.Height, preprocessing.Width, 3)
                    : new VectorDataViewType(NumberDataViewType.Single, 3, preprocessing.Height, preprocessing.Width));
            return _parent.ValidColumnName is { } valid ? [pixels, new DataViewSchema.DetachedColumn(valid, BooleanDataViewType.Instance)] : [pixels];
        }

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            var reader = new ClipImageRowReader(Host, input, _input, _parent.Options);
            disposer = reader.Finish;
            return MakeGetter(reader, iinfo);
        }

        protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
        {
            var active = activeOutput(Pixels) || (_parent.ValidColumnName is not null && activeOutput(Valid));
            return column => active && column == _input.Index;
        }

        protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);

        private Delegate MakeGetter(ClipImageRowReader reader, int output)
        {
            if (output == Valid)
                return (ValueGetter<bool>)((ref bool destination) => destination = reader.IsValid());

            var length = _parent.Options.Preprocessing.OutputLength;
            return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> destination) =>
            {
                var editor = VBufferEditor.Create(ref destination, length);
                reader.ReadPixels(editor.Values);
                destination = editor.Commit();
            });
        }
    }
}
