# what:   the scratch is not cleaned up
# check:  given the work directory is empty at the end
# likely: remove_scratch is not called
/remove_scratch(/d
